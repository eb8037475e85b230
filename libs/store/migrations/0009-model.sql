-- Turns that a model decides about, thought by thought. See ADR 14.

-- What a turn's lead agent answered, on disk before anything is done about it.
CREATE TABLE thoughts (
  turn_id uuid NOT NULL REFERENCES turns,
  -- From 1, in the order in which they were asked for.
  number int NOT NULL CHECK (number >= 1),
  purpose text NOT NULL CHECK (purpose IN ('decide', 'judge', 'summarize')),
  -- Who was asked.
  agent text NOT NULL,
  answer jsonb NOT NULL,
  -- The step that it became.
  step int,
  -- Why it became none.
  why text,
  usage jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (turn_id, number)
);

-- What was said in a session up to a turn, in fewer words.
CREATE TABLE summaries (
  session_id uuid PRIMARY KEY REFERENCES sessions,
  -- The sequence of the last turn that is in it.
  through int NOT NULL,
  text text NOT NULL,
  trust text NOT NULL CHECK (trust IN ('trusted', 'untrusted')),
  updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE thoughts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE summaries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON thoughts TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON summaries TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY own ON thoughts TO switchboard_api USING (is_own_turn(turn_id));

GRANT SELECT ON thoughts TO switchboard_api;
GRANT SELECT, INSERT (turn_id, number, purpose, agent, answer, step, why, usage) ON thoughts TO switchboard_work;
GRANT SELECT, INSERT (session_id, through, text, trust), UPDATE (through, text, trust, updated_at)
  ON summaries TO switchboard_work;
