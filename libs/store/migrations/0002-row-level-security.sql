-- Walls inside the database: whose row it is, and who may do what to it. See ADR 7.
--
-- Three roles, made before the migrations run; none may do more than is granted here.
--   switchboard_owner  owns everything and migrates; nobody logs in as it.
--   switchboard_api    the HTTP side: sees and changes the rows of one principal, the one that its transaction names.
--   switchboard_work   the program itself, for all principals: coordinator, relay, keys. What happened, it cannot change.
--
-- A new table must, in the migration that makes it (a test goes through the catalogue and fails otherwise):
--   1. ENABLE and FORCE row-level security, and have `CREATE POLICY program … TO switchboard_owner, switchboard_work`;
--   2. if the HTTP side touches it: a policy for switchboard_api that leads to current_principal();
--   3. GRANT each role the few things that it does, columns by name. No DELETE, no TRUNCATE, and no UPDATE of a column
--      that says whose a row is or what has happened.
-- A new column that is written after the row was made needs its GRANT UPDATE (column), and one that is given when the row
-- is made needs GRANT INSERT (column) where columns are named below.

-- Unset, or set for a transaction that is over: null, and no row is null's.
CREATE FUNCTION current_principal() RETURNS uuid LANGUAGE sql STABLE
RETURN nullif(current_setting('switchboard.principal', true), '')::uuid;

ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE principals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE turns ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE invocations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE questions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE artifacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE relay ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE agents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- The owner too: migrations change rows, and so do functions that run as it.
CREATE POLICY program ON schema_migrations TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON principals TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON api_keys TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON sessions TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON turns TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON invocations TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON questions TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON artifacts TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON events TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON relay TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON agents TO switchboard_owner, switchboard_work USING (true);

CREATE POLICY own ON sessions TO switchboard_api USING (principal_id = current_principal());
CREATE POLICY own ON turns TO switchboard_api USING (principal_id = current_principal())
  -- One's own turn, but in somebody else's session, would be read there.
  WITH CHECK (principal_id = current_principal()
    AND EXISTS (SELECT FROM sessions s WHERE s.id = session_id AND s.principal_id = current_principal()));
CREATE POLICY own ON invocations TO switchboard_api
  USING (EXISTS (SELECT FROM turns t WHERE t.id = turn_id AND t.principal_id = current_principal()));
CREATE POLICY own ON questions TO switchboard_api
  USING (EXISTS (SELECT FROM turns t WHERE t.id = turn_id AND t.principal_id = current_principal()));
CREATE POLICY own ON artifacts TO switchboard_api
  USING (EXISTS (SELECT FROM turns t WHERE t.id = turn_id AND t.principal_id = current_principal()));
CREATE POLICY own ON events TO switchboard_api
  USING (EXISTS (SELECT FROM sessions s WHERE s.id = session_id AND s.principal_id = current_principal()));

-- The one way for the HTTP side to a key: by the hash of all of it. It cannot list keys, and not make any.
CREATE FUNCTION find_key(given_hash text)
RETURNS TABLE (key_id text, principal_id uuid, principal text, scopes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT k.id, k.principal_id, p.name, k.scopes FROM api_keys k JOIN principals p ON p.id = k.principal_id
  WHERE k.hash = given_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
END;
REVOKE ALL ON FUNCTION find_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_key TO switchboard_api;

GRANT SELECT, INSERT (id, principal_id, title, agent, next_event), UPDATE (next_turn, next_event, ended_at)
  ON sessions TO switchboard_api;
GRANT SELECT, INSERT (id, session_id, seq, principal_id, idempotency_key, request_hash, request, address, deadline,
    traceparent),
  UPDATE (state, address, plan, attempts, cancel_requested, not_before, deadline, error, dead_letter, finished_at)
  ON turns TO switchboard_api;
GRANT SELECT ON invocations TO switchboard_api;
GRANT SELECT, UPDATE (answered_at, answer) ON questions TO switchboard_api;
GRANT SELECT ON artifacts TO switchboard_api;
GRANT SELECT, INSERT (session_id, seq, turn_id, type, data) ON events TO switchboard_api;

GRANT SELECT, INSERT ON principals TO switchboard_work;
GRANT SELECT, INSERT, UPDATE (expires_at, revoked_at) ON api_keys TO switchboard_work;
GRANT SELECT, UPDATE (next_event) ON sessions TO switchboard_work;
GRANT SELECT, UPDATE (state, address, epoch, lease_owner, lease_until, not_before, attempts, deadline, decision, plan,
    output, error, dead_letter, finished_at)
  ON turns TO switchboard_work;
GRANT SELECT, INSERT, UPDATE (state, output, text, error, finished_at) ON invocations TO switchboard_work;
GRANT SELECT, INSERT (id, turn_id, kind, body, input_hash, expires_at), UPDATE (answered_at, answer)
  ON questions TO switchboard_work;
GRANT SELECT, INSERT ON artifacts TO switchboard_work;
GRANT SELECT, INSERT (session_id, seq, turn_id, type, data), UPDATE (published) ON events TO switchboard_work;
GRANT SELECT, UPDATE (owner, lease_until, stream_created) ON relay TO switchboard_work;
GRANT SELECT, INSERT (name, hello), UPDATE (hello, seen_at) ON agents TO switchboard_work;
