-- What is remembered for a person beyond a session: facts, and how they are forgotten. See ADR 13.

CREATE TABLE facts (
  id uuid PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals,
  text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1000),
  -- person: they said it. agent: a model concluded it. untrusted: after something was read that somebody else wrote.
  provenance text NOT NULL CHECK (provenance IN ('person', 'agent', 'untrusted')),
  -- Always in view, not only when it is asked for.
  pinned boolean NOT NULL,
  session_id uuid NOT NULL REFERENCES sessions,
  turn_id uuid NOT NULL REFERENCES turns,
  -- Where it comes from; the same invocation's step again is the same fact.
  invocation_id text NOT NULL UNIQUE REFERENCES invocations,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- As it stands, for names and every language; and by the stems of English.
  document tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, text) || to_tsvector('english'::regconfig, text)) STORED,
  -- What somebody else wrote is never put in front of a model unasked.
  CHECK (NOT (pinned AND provenance = 'untrusted'))
);
CREATE INDEX facts_of_principal ON facts (principal_id, created_at DESC, id DESC);
CREATE INDEX facts_by_word ON facts USING gin (document);
CREATE INDEX invocations_on_memory ON invocations (turn_id) WHERE effects @> '[{"on": "memory"}]';

-- However many remember at once: one after another, each counts what is there.
CREATE FUNCTION limit_facts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.principal_id::text, 8420010));
  IF EXISTS (SELECT FROM facts WHERE invocation_id = NEW.invocation_id) THEN
    RETURN NEW;
  END IF;
  IF (SELECT count(*) FROM facts WHERE principal_id = NEW.principal_id) >= 2000 THEN
    RAISE EXCEPTION 'there are 2000 facts' USING ERRCODE = 'SBFUL';
  END IF;
  IF NEW.pinned AND (SELECT count(*) FROM facts WHERE principal_id = NEW.principal_id AND pinned) >= 50 THEN
    RAISE EXCEPTION 'there are 50 pinned facts' USING ERRCODE = 'SBPIN';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER limited BEFORE INSERT ON facts FOR EACH ROW EXECUTE FUNCTION limit_facts();

-- The words with each of the texts taken out of them, however they are capitalised.
CREATE FUNCTION without_words(given text, texts text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
  left_over text := given;
  one text;
BEGIN
  FOREACH one IN ARRAY texts LOOP
    CONTINUE WHEN strpos(lower(left_over), lower(one)) = 0;
    -- ***=: not a pattern, but as it stands.
    left_over := regexp_replace(left_over, '***=' || one, '[forgotten]', 'gi');
  END LOOP;
  RETURN left_over;
END $$;

-- The value with each of the texts taken out of every string in it. Ids stay, and what is the name of a thing of ours:
-- one word, where a name stands.
CREATE FUNCTION without_texts(given jsonb, texts text[], names boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
  one_word constant text := '^[A-Za-z0-9_.:$-]{1,120}$';
  said text;
BEGIN
  CASE jsonb_typeof(given)
    WHEN 'object' THEN
      RETURN coalesce((SELECT jsonb_object_agg(CASE WHEN key ~ one_word THEN key ELSE without_words(key, texts) END,
        without_texts(value, texts, key IN ('id', 'agent', 'skill', 'contractHash', 'kind', 'type', 'outcome', 'stage',
          'state', 'code', 'field', 'provenance', 'trust', 'createdAt', 'mediaType', 'sha256', 'models')))
        FROM jsonb_each(given)), '{}');
    WHEN 'array' THEN
      RETURN coalesce((SELECT jsonb_agg(without_texts(value, texts, names) ORDER BY n)
        FROM jsonb_array_elements(given) WITH ORDINALITY AS e(value, n)), '[]');
    WHEN 'string' THEN
      said := given #>> '{}';
      IF names AND said ~ one_word OR said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN RETURN given; END IF;
      RETURN to_jsonb(without_words(said, texts));
    ELSE
      RETURN given;
  END CASE;
END $$;

-- Takes the texts out of everything that is kept of one turn but its events, which are sealed: also out of the steps that
-- passed them on, since a model may have written them anywhere.
CREATE FUNCTION forget_in_turn(given_turn uuid, given_texts text[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  texts text[];
BEGIN
  -- Also as they stand in JSON that is itself a text; the longest first, of which another one may be a part.
  SELECT array_agg(one ORDER BY char_length(one) DESC) INTO texts FROM (
    SELECT one FROM unnest(given_texts) AS g(one)
    UNION SELECT substr(j, 2, char_length(j) - 2) FROM unnest(given_texts) AS g(one), CAST(to_jsonb(one) AS text) AS j) AS t;
  UPDATE invocations SET input = without_texts(input, texts), output = without_texts(output, texts),
    text = without_words(text, texts), error = without_texts(error, texts)
  -- What is under way is asked about with the very input that it began with.
  WHERE turn_id = given_turn AND state <> 'started';
  UPDATE turns SET request = without_texts(request, texts), address = without_texts(address, texts),
    decision = without_texts(decision, texts), plan = without_texts(plan, texts), output = without_texts(output, texts),
    error = without_texts(error, texts)
  WHERE id = given_turn;
  UPDATE questions SET body = without_texts(body, texts), answer = without_texts(answer, texts)
  WHERE turn_id = given_turn;
  UPDATE thoughts SET answer = without_texts(answer, texts), why = without_words(why, texts)
  WHERE turn_id = given_turn;
  UPDATE artifacts SET name = without_words(name, texts) WHERE turn_id = given_turn;
  -- What is still to be sent is what the person waits for.
  UPDATE deliveries SET body = without_texts(body, texts), invocation = without_texts(invocation, texts)
  WHERE turn_id = given_turn AND state IN ('sent', 'unknown', 'failed');
END $$;

-- The only way to be rid of a fact. For an invocation under way whose contract says that it may: the rows go, and the
-- texts from where they would come back. Its own turn needs them until it ends: see forgotten_at_end. Answers false, and
-- has done nothing, when one of the facts has another text than was shown.
CREATE FUNCTION forget_facts(given_invocation text, given_ids uuid[], given_texts text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  whose uuid;
  own_turn uuid;
  texts text[];
  sources text[];
  in_view boolean;
  touched uuid[];
BEGIN
  SELECT t.principal_id, t.id INTO whose, own_turn FROM invocations i JOIN turns t ON t.id = i.turn_id
  WHERE i.id = given_invocation AND i.state = 'started' AND i.effects @> '[{"class": "destructive", "on": "memory"}]';
  IF whose IS NULL THEN RAISE EXCEPTION 'nothing may be forgotten here' USING ERRCODE = 'insufficient_privilege'; END IF;
  IF EXISTS (SELECT FROM unnest(given_ids, given_texts) AS g(id, text) JOIN facts f ON f.id = g.id
    WHERE f.principal_id = whose AND f.text <> g.text) THEN
    RETURN false;
  END IF;

  WITH gone AS (DELETE FROM facts WHERE principal_id = whose AND id = ANY(given_ids) RETURNING *)
  SELECT array_agg(g.text) || array_agg(i.input->>'statement') FILTER (WHERE i.input->>'statement' <> ''),
    array_agg(g.invocation_id), bool_or(g.pinned)
  INTO texts, sources, in_view FROM gone g JOIN invocations i ON i.id = g.invocation_id;
  IF texts IS NULL THEN RETURN true; END IF;

  SELECT array_agg(DISTINCT t.id) INTO touched FROM invocations i JOIN turns t ON t.id = i.turn_id
  WHERE t.principal_id = whose AND i.effects @> '[{"on": "memory"}]' AND (i.id = ANY(sources)
    OR EXISTS (SELECT FROM unnest(given_ids) AS g(id)
      WHERE strpos(concat(i.input, i.output), g.id::text) > 0)
    OR EXISTS (SELECT FROM unnest(texts) AS g(text) WHERE strpos(i.input->>'statement', g.text) > 0));
  PERFORM forget_in_turn(turn.id, texts) FROM unnest(touched) AS turn(id) WHERE turn.id <> own_turn;
  DELETE FROM summaries s USING sessions o WHERE o.id = s.session_id AND o.principal_id = whose
    AND (in_view OR EXISTS (SELECT FROM turns t WHERE t.session_id = o.id AND t.id = ANY(touched)));
  RETURN true;
END $$;

CREATE FUNCTION forget_at_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  texts text[];
BEGIN
  SELECT array_agg(fact->>'text') INTO texts FROM invocations i, jsonb_path_query(i.input, '$.memory.facts[*]') fact
  WHERE i.turn_id = NEW.id AND i.state = 'succeeded' AND i.effects @> '[{"class": "destructive", "on": "memory"}]';
  IF texts IS NOT NULL THEN PERFORM forget_in_turn(NEW.id, texts); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER forgotten_at_end AFTER UPDATE OF state ON turns FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND NEW.state IN ('completed', 'failed', 'canceled', 'rejected'))
  EXECUTE FUNCTION forget_at_end();

REVOKE ALL ON FUNCTION limit_facts, without_words, without_texts, forget_in_turn, forget_facts, forget_at_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_facts TO switchboard_work;

ALTER TABLE facts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON facts TO switchboard_owner, switchboard_work USING (true);
GRANT SELECT, INSERT (id, principal_id, text, provenance, pinned, session_id, turn_id, invocation_id) ON facts
  TO switchboard_work;
