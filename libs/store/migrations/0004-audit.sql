-- A chain of hashes over all that happened: events of sessions, and acts that belong to none. See ADR 9.

-- Keys, identities, policy, refusals: written in the transaction of the change they tell of.
CREATE TABLE acts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor text NOT NULL,
  action text NOT NULL,
  subject text,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  audit_seq bigint
);
CREATE INDEX unsealed_acts ON acts (id) WHERE audit_seq IS NULL;

-- Its place in the chain; null until it is sealed.
ALTER TABLE events ADD COLUMN audit_seq bigint;
CREATE INDEX unsealed_events ON events (id) WHERE audit_seq IS NULL;

CREATE TABLE audit (
  -- 1, 2, 3 …, without a gap.
  seq bigint PRIMARY KEY,
  source text NOT NULL CHECK (source IN ('event', 'act')),
  -- Of the row in events or acts.
  record_id bigint NOT NULL,
  -- SHA-256 of the record's canonical JSON.
  digest bytea NOT NULL CHECK (octet_length(digest) = 32),
  -- SHA-256 of the hash before it (at first 32 zeros), the sequence as 8 bytes, and the digest.
  hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);

-- Links records to the end of the chain, in the order given; those that are linked already are left out. Whoever comes
-- second waits for the first: the chain never forks. Owned by the role that migrates: the program may call it, and has
-- no other way to write to the chain.
CREATE FUNCTION audit_seal(p_source text, p_ids bigint[], p_digests text[])
RETURNS TABLE (record_id bigint, seq bigint, hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last_seq bigint := 0;
  last_hash bytea := decode(repeat('00', 32), 'hex');
  ids bigint[];
  digests text[];
  seqs bigint[] := '{}';
  hashes bytea[] := '{}';
BEGIN
  PERFORM pg_advisory_xact_lock(8420002);
  IF p_source = 'event' THEN
    SELECT array_agg(g.id ORDER BY g.n), array_agg(g.digest ORDER BY g.n) INTO ids, digests
    FROM unnest(p_ids, p_digests) WITH ORDINALITY AS g(id, digest, n)
    JOIN events e ON e.id = g.id AND e.audit_seq IS NULL;
  ELSE
    SELECT array_agg(g.id ORDER BY g.n), array_agg(g.digest ORDER BY g.n) INTO ids, digests
    FROM unnest(p_ids, p_digests) WITH ORDINALITY AS g(id, digest, n)
    JOIN acts a ON a.id = g.id AND a.audit_seq IS NULL;
  END IF;
  IF ids IS NULL THEN RETURN; END IF;

  SELECT a.seq, a.hash INTO last_seq, last_hash FROM audit a ORDER BY a.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    last_seq := 0;
    last_hash := decode(repeat('00', 32), 'hex');
  END IF;
  FOR i IN 1 .. cardinality(ids) LOOP
    last_seq := last_seq + 1;
    last_hash := sha256(last_hash || int8send(last_seq) || decode(digests[i], 'hex'));
    seqs[i] := last_seq;
    hashes[i] := last_hash;
  END LOOP;

  INSERT INTO audit SELECT s.seq, p_source, s.id, decode(s.digest, 'hex'), s.hash
  FROM unnest(seqs, ids, digests, hashes) AS s(seq, id, digest, hash);
  IF p_source = 'event' THEN
    UPDATE events e SET audit_seq = s.seq FROM unnest(ids, seqs) AS s(id, seq) WHERE e.id = s.id;
  ELSE
    UPDATE acts a SET audit_seq = s.seq FROM unnest(ids, seqs) AS s(id, seq) WHERE a.id = s.id;
  END IF;
  RETURN QUERY SELECT s.id, s.seq, s.hash FROM unnest(ids, seqs, hashes) AS s(id, seq, hash);
END $$;
REVOKE ALL ON FUNCTION audit_seal FROM PUBLIC;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: what happened, stays', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, actor, action, subject, data, created_at ON acts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE OR UPDATE OF id, session_id, seq, turn_id, type, data, created_at ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed_once BEFORE UPDATE OF audit_seq ON acts
  FOR EACH ROW WHEN (OLD.audit_seq IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sealed_once BEFORE UPDATE OF audit_seq ON events
  FOR EACH ROW WHEN (OLD.audit_seq IS NOT NULL) EXECUTE FUNCTION refuse_change();

ALTER TABLE acts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON acts TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON audit TO switchboard_owner, switchboard_work USING (true);
GRANT SELECT, INSERT (actor, action, subject, data) ON acts TO switchboard_work;
GRANT SELECT ON audit TO switchboard_work;
GRANT EXECUTE ON FUNCTION audit_seal TO switchboard_work;
