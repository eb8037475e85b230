-- What was decided before each step, who answered, and what text that somebody else wrote has touched. See ADR 8.

-- A step has begun in it that reads what somebody else wrote. For good.
ALTER TABLE turns ADD COLUMN tainted boolean NOT NULL DEFAULT false;
-- As in its turns, since a person last vouched for it.
ALTER TABLE sessions ADD COLUMN tainted boolean NOT NULL DEFAULT false;

ALTER TABLE invocations
  ADD COLUMN ingests text CHECK (ingests IN ('trusted', 'untrusted')),
  -- {decision, rule, trust, effects}: signed into what the agent was asked.
  ADD COLUMN policy jsonb;

-- What was done before anybody kept count may have read anything.
UPDATE invocations SET ingests = 'untrusted', policy = jsonb_build_object(
  'decision', CASE WHEN approval_id IS NULL THEN 'allow' ELSE 'ask' END,
  'rule', 'before-policy', 'trust', 'trusted', 'effects', effects);
UPDATE turns SET tainted = true WHERE id IN (SELECT turn_id FROM invocations);
UPDATE sessions SET tainted = true WHERE id IN (SELECT session_id FROM invocations);

ALTER TABLE invocations ALTER COLUMN ingests SET NOT NULL, ALTER COLUMN policy SET NOT NULL;

ALTER TABLE questions
  -- The one step that an approval is for.
  ADD COLUMN step int,
  -- Null: its time ended, or its turn.
  ADD COLUMN answered_by uuid REFERENCES principals,
  ADD COLUMN answered_key text;
CREATE INDEX open_approvals ON questions (id) WHERE kind = 'approval' AND answered_at IS NULL;

GRANT UPDATE (tainted) ON sessions TO switchboard_api, switchboard_work;
GRANT UPDATE (tainted) ON turns TO switchboard_work;
GRANT INSERT (step) ON questions TO switchboard_work;
GRANT UPDATE (answered_by, answered_key) ON questions TO switchboard_api, switchboard_work;
