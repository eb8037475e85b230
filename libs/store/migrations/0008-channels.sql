-- Channels: messages that come in become turns, and what a person is to read goes back as deliveries. See ADR 11.

-- An address may do what the key may that its link was asked for with, and ends with it; and it comes in over the agent
-- that brought its proof, over no other.
ALTER TABLE identities
  ADD COLUMN key_id text REFERENCES api_keys,
  ADD COLUMN agent text;
-- With which key is not known of what was linked before: it has to be linked again.
UPDATE identities SET unlinked_at = now() WHERE unlinked_at IS NULL;
GRANT INSERT (key_id), UPDATE (agent) ON identities TO switchboard_work;

-- The linked address that it came from; null: it was said over HTTP.
ALTER TABLE turns ADD COLUMN identity_id uuid REFERENCES identities;
GRANT INSERT (identity_id) ON turns TO switchboard_api;

-- A conversation in a channel, and the session that it is here. One whose session has ended goes on in another.
CREATE TABLE threads (
  session_id uuid PRIMARY KEY REFERENCES sessions,
  n bigint GENERATED ALWAYS AS IDENTITY,
  principal_id uuid NOT NULL REFERENCES principals,
  -- SHA-256 of agent, channel, address and thread.
  key text NOT NULL,
  agent text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  thread text NOT NULL,
  subject text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX threads_by_key ON threads (principal_id, key, n DESC);

-- What came of each message: brought again, it comes to the same.
CREATE TABLE inbound (
  -- SHA-256 of agent, channel, address and the message's own id.
  id text PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals,
  identity_id uuid NOT NULL REFERENCES identities,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'answered', 'refused', 'limited')),
  -- The turn that it is, or that it answers.
  turn_id uuid REFERENCES turns,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbound_of_identity ON inbound (identity_id, created_at);

-- UUID version 7 (RFC 9562), which PostgreSQL makes itself from 18 on.
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE
RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
  PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
  'hex')::uuid;

CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  -- The order within a thread.
  n bigint GENERATED ALWAYS AS IDENTITY,
  principal_id uuid NOT NULL REFERENCES principals,
  session_id uuid REFERENCES sessions,
  turn_id uuid REFERENCES turns,
  question_id uuid REFERENCES questions,
  thread_key text NOT NULL,
  agent text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  thread text NOT NULL,
  subject text,
  -- {text}, or how the turn stood: {state, text, error}.
  body jsonb NOT NULL,
  -- sending: an attempt has been committed whose outcome is not known yet. unknown: nobody can tell; never sent again.
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed')),
  attempt int NOT NULL DEFAULT 0,
  attempted_at timestamptz,
  -- What the agent is asked in this attempt, and the repeat of the contract.
  invocation jsonb,
  -- The fence: every write names the epoch under which it was claimed.
  epoch int NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until timestamptz,
  not_before timestamptz NOT NULL DEFAULT now(),
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX open_deliveries ON deliveries (thread_key, n) WHERE state IN ('queued', 'sending');
CREATE INDEX deliveries_of_question ON deliveries (question_id) WHERE question_id IS NOT NULL;
CREATE INDEX deliveries_of_principal ON deliveries (principal_id, id DESC);

-- What came in over a channel is answered there when its turn ends or asks, by whatever path and in the transaction in
-- which it does: the question, if one is open, and what there is to say.
CREATE FUNCTION deliver_turn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO deliveries (id, principal_id, session_id, turn_id, question_id, thread_key, agent, channel, address,
    thread, subject, body)
  SELECT new_id(), NEW.principal_id, NEW.session_id, NEW.id,
    (SELECT q.id FROM questions q WHERE q.turn_id = NEW.id AND q.answered_at IS NULL),
    t.key, t.agent, t.channel, t.address, t.thread, t.subject,
    jsonb_strip_nulls(jsonb_build_object('state', NEW.state, 'text', NEW.output->'text', 'error', NEW.error))
  FROM threads t WHERE t.session_id = NEW.session_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION deliver_turn FROM PUBLIC;
CREATE TRIGGER delivered AFTER UPDATE OF state ON turns FOR EACH ROW
  WHEN (NEW.identity_id IS NOT NULL AND OLD.state <> NEW.state
    AND NEW.state IN ('input-required', 'completed', 'failed', 'canceled', 'rejected'))
  EXECUTE FUNCTION deliver_turn();

ALTER TABLE threads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE inbound ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON threads TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON inbound TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON deliveries TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY own ON threads TO switchboard_api USING (principal_id = current_principal())
  WITH CHECK (principal_id = current_principal() AND is_own_session(session_id));
CREATE POLICY own ON inbound TO switchboard_api USING (principal_id = current_principal());
CREATE POLICY own ON deliveries TO switchboard_api USING (principal_id = current_principal());

GRANT SELECT, INSERT (session_id, principal_id, key, agent, channel, address, thread, subject) ON threads
  TO switchboard_api;
GRANT SELECT, INSERT (id, principal_id, identity_id, outcome, turn_id) ON inbound TO switchboard_api;
GRANT SELECT, INSERT (id, principal_id, thread_key, agent, channel, address, thread, subject, body) ON deliveries
  TO switchboard_api, switchboard_work;
GRANT SELECT ON threads, inbound TO switchboard_work;
GRANT UPDATE (state, attempt, attempted_at, invocation, epoch, lease_owner, lease_until, not_before, error, finished_at)
  ON deliveries TO switchboard_work;
