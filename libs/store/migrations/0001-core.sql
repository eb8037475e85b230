-- Identity, sessions, turns, and all that happens in them. Postgres is the only truth; the bus holds a copy.

CREATE TABLE principals (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals,
  -- SHA-256 of the whole key: a dump of this table opens nothing.
  hash text NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals,
  title text,
  agent text,
  -- Handed out under the row's lock, so that neither has a gap.
  next_turn int NOT NULL DEFAULT 1,
  next_event int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
CREATE INDEX sessions_of_principal ON sessions (principal_id, id DESC);

CREATE TABLE turns (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  seq int NOT NULL,
  principal_id uuid NOT NULL REFERENCES principals,
  -- The key lives as long as the turn: it never expires.
  idempotency_key text NOT NULL,
  request_hash text NOT NULL,
  request jsonb NOT NULL,
  -- What the router is to be asked next: the request, refined by answers.
  address jsonb NOT NULL,
  state text NOT NULL DEFAULT 'submitted' CHECK (state IN ('submitted', 'working', 'input-required', 'auth-required',
    'completed', 'failed', 'canceled', 'rejected')),
  -- The fence: every write of a turn names the epoch under which it was claimed.
  epoch int NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until timestamptz,
  not_before timestamptz NOT NULL DEFAULT now(),
  -- Claims since the last progress.
  attempts int NOT NULL DEFAULT 0,
  cancel_requested boolean NOT NULL DEFAULT false,
  deadline timestamptz NOT NULL,
  decision jsonb,
  plan jsonb,
  output jsonb,
  error jsonb,
  dead_letter boolean NOT NULL DEFAULT false,
  traceparent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (principal_id, idempotency_key),
  UNIQUE (session_id, seq)
);
-- One turn of a session at a time, whatever the code does. One that waits for its person holds up nothing.
CREATE UNIQUE INDEX one_active_turn ON turns (session_id) WHERE state = 'working';
CREATE INDEX open_turns ON turns (session_id, seq)
  WHERE state IN ('submitted', 'working', 'input-required', 'auth-required');
CREATE INDEX claimable_turns ON turns (created_at) WHERE state IN ('submitted', 'working');
CREATE INDEX dead_letters ON turns (id) WHERE dead_letter;

CREATE TABLE invocations (
  -- '<turn>-<step>-<attempt>': the idempotency key of this attempt, everywhere.
  id text PRIMARY KEY,
  turn_id uuid NOT NULL REFERENCES turns,
  session_id uuid NOT NULL REFERENCES sessions,
  step int NOT NULL,
  attempt int NOT NULL,
  agent text NOT NULL,
  skill text NOT NULL,
  contract_hash text NOT NULL,
  input jsonb NOT NULL,
  input_hash text NOT NULL,
  effects jsonb NOT NULL,
  repeat text NOT NULL CHECK (repeat IN ('safe', 'idempotent', 'reconcilable', 'once')),
  approval_id uuid,
  deadline timestamptz NOT NULL,
  epoch int NOT NULL,
  state text NOT NULL DEFAULT 'started' CHECK (state IN ('started', 'succeeded', 'failed', 'not-executed',
    'interrupted', 'unknown', 'canceled')),
  output jsonb,
  text text,
  error jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (turn_id, step, attempt)
);
CREATE INDEX recent_invocations ON invocations (session_id, started_at DESC) WHERE state = 'succeeded';

CREATE TABLE questions (
  id uuid PRIMARY KEY,
  turn_id uuid NOT NULL REFERENCES turns,
  kind text NOT NULL CHECK (kind IN ('choice', 'input', 'approval', 'outcome')),
  body jsonb NOT NULL,
  -- What an approval is bound to.
  input_hash text,
  asked_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  answered_at timestamptz,
  answer jsonb
);
CREATE UNIQUE INDEX one_open_question ON questions (turn_id) WHERE answered_at IS NULL;
CREATE INDEX questions_of_turn ON questions (turn_id);
CREATE INDEX expiring_questions ON questions (expires_at) WHERE answered_at IS NULL;

CREATE TABLE artifacts (
  id uuid PRIMARY KEY,
  turn_id uuid NOT NULL REFERENCES turns,
  invocation_id text NOT NULL REFERENCES invocations,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes int NOT NULL,
  sha256 text NOT NULL,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX artifacts_of_invocation ON artifacts (invocation_id);

-- The record of a session, and the outbox of the bus.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions,
  seq int NOT NULL,
  turn_id uuid REFERENCES turns,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The sequence under which the stream holds it.
  published bigint,
  UNIQUE (session_id, seq)
);
CREATE INDEX unpublished_events ON events (session_id, seq) WHERE published IS NULL;
CREATE INDEX events_of_turn ON events (turn_id, seq);
CREATE INDEX published_events ON events (published) WHERE published IS NOT NULL;

-- Who publishes, and to which stream.
CREATE TABLE relay (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  owner text,
  lease_until timestamptz,
  stream_created text
);
INSERT INTO relay DEFAULT VALUES;

-- What each agent last announced, so that its skills are known while it is away.
CREATE TABLE agents (
  name text PRIMARY KEY,
  hello jsonb NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);
