-- Who may call, and who is meant by an address: keys that end and are renewed, principals that are let out, linked addresses.

ALTER TABLE principals
  ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
  ADD COLUMN disabled_at timestamptz;

ALTER TABLE api_keys
  ADD COLUMN title text NOT NULL DEFAULT '',
  -- Made by the program for the owner, not by somebody on purpose.
  ADD COLUMN generated boolean NOT NULL DEFAULT false,
  -- It was made with that key, cannot do more, and ends with it.
  ADD COLUMN made_with text REFERENCES api_keys,
  ADD COLUMN rotated_at timestamptz,
  -- The hash before the last rotation: it opens until the grace is over.
  ADD COLUMN previous_hash text,
  ADD COLUMN grace_until timestamptz;
CREATE INDEX keys_made_with ON api_keys (made_with) WHERE made_with IS NOT NULL;
CREATE INDEX keys_of_principal ON api_keys (principal_id, created_at DESC);

-- What the scopes were called before: a key that opened everything still does.
UPDATE api_keys SET scopes = CASE
  WHEN scopes @> '{read,act,approve,operate}' THEN '{sessions,approve,operate,keys,identities,audit:read,admin}'
  ELSE array(SELECT DISTINCT CASE WHEN s IN ('read', 'act') THEN 'sessions' ELSE s END FROM unnest(scopes) s) END;
UPDATE api_keys SET generated = true, title = 'owner' WHERE scopes @> '{admin}';

-- Named, whole and by the hash of it: `hashes` are those that open it now.
DROP FUNCTION find_key;
CREATE FUNCTION open_key(given_id text)
RETURNS TABLE (key_id text, principal_id uuid, principal text, scopes text[], hashes text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  SELECT k.id, k.principal_id, p.name, k.scopes,
    array_remove(ARRAY[k.hash, CASE WHEN k.grace_until > now() THEN k.previous_hash END], NULL)
  FROM api_keys k JOIN principals p ON p.id = k.principal_id
  WHERE k.id = given_id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
    AND p.disabled_at IS NULL;
END;
REVOKE ALL ON FUNCTION open_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_key TO switchboard_api;

GRANT UPDATE (disabled_at) ON principals TO switchboard_work;
GRANT UPDATE (hash, scopes, rotated_at, previous_hash, grace_until) ON api_keys TO switchboard_work;

-- With which key it was begun: a key without the scope `sessions` sees nothing else.
ALTER TABLE sessions ADD COLUMN key_id text REFERENCES api_keys;
ALTER TABLE turns
  ADD COLUMN key_id text REFERENCES api_keys,
  -- The only skills that may run in it; null: every skill.
  ADD COLUMN allowed_skills text[];
GRANT INSERT (key_id) ON sessions TO switchboard_api;
GRANT INSERT (key_id, allowed_skills) ON turns TO switchboard_api;

-- Null: all that is the principal's.
CREATE FUNCTION current_key() RETURNS text LANGUAGE sql STABLE
RETURN nullif(current_setting('switchboard.key', true), '');
CREATE POLICY begun_with ON sessions AS RESTRICTIVE TO switchboard_api
  USING (current_key() IS NULL OR key_id = current_key());
CREATE POLICY begun_with ON turns AS RESTRICTIVE TO switchboard_api
  USING (current_key() IS NULL OR key_id = current_key());

CREATE TABLE identities (
  id uuid PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals,
  channel text NOT NULL,
  address text NOT NULL,
  -- SHA-256 of the code that proves it.
  code_hash text NOT NULL,
  -- Messages from this address with a wrong code.
  attempts int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  linked_at timestamptz,
  -- Also when it was given up before it was linked.
  unlinked_at timestamptz
);
-- An address means one principal at most, whatever the code does.
CREATE UNIQUE INDEX one_principal_of_address ON identities (channel, address)
  WHERE linked_at IS NOT NULL AND unlinked_at IS NULL;
CREATE INDEX pending_identities ON identities (channel, address) WHERE linked_at IS NULL AND unlinked_at IS NULL;
CREATE INDEX identities_of_principal ON identities (principal_id, id DESC);

ALTER TABLE identities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON identities TO switchboard_owner, switchboard_work USING (true);
GRANT SELECT, INSERT (id, principal_id, channel, address, code_hash, expires_at),
  UPDATE (attempts, linked_at, unlinked_at) ON identities TO switchboard_work;
