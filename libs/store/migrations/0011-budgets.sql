-- What models cost: reserved before each attempt, settled after it, and never more than there is. See docs/BUDGETS.md.

CREATE TABLE model_calls (
  -- '<turn>-<thought>-<round>'.
  call_id text NOT NULL,
  attempt int NOT NULL,
  turn_id uuid NOT NULL REFERENCES turns,
  session_id uuid NOT NULL REFERENCES sessions,
  principal_id uuid NOT NULL REFERENCES principals,
  -- Of the turn; 0 is the router's.
  thought int NOT NULL,
  asker text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('route', 'decide', 'judge', 'summarize')),
  model text NOT NULL,
  -- On whose budget it goes, in UTC: that on which it was reserved.
  day date NOT NULL,
  state text NOT NULL DEFAULT 'reserved' CHECK (state IN ('reserved', 'settled')),
  -- Nobody said what it used: it counts in full, all its tokens as written ones, until somebody does.
  presumed boolean NOT NULL DEFAULT false,
  reserved_tokens bigint NOT NULL,
  reserved_micros bigint NOT NULL,
  prompt_bytes bigint NOT NULL DEFAULT 0,
  prompt_tokens bigint NOT NULL DEFAULT 0,
  completion_tokens bigint NOT NULL DEFAULT 0,
  cost_micros bigint NOT NULL DEFAULT 0,
  reserved_at timestamptz NOT NULL DEFAULT now(),
  deadline timestamptz NOT NULL,
  settled_at timestamptz,
  PRIMARY KEY (call_id, attempt)
);
CREATE INDEX model_calls_of_turn ON model_calls (turn_id);
CREATE INDEX model_calls_of_principal ON model_calls (principal_id, day);
CREATE INDEX model_calls_of_day ON model_calls (day);
CREATE INDEX unsettled_model_calls ON model_calls (deadline) WHERE state = 'reserved';

-- Running totals of model_calls.
CREATE TABLE budgets (
  scope text NOT NULL CHECK (scope IN ('day', 'principal', 'session')),
  -- The id of the principal or the session; of a day that is everybody's, nothing.
  subject text NOT NULL,
  -- infinity: it never begins anew.
  day date NOT NULL,
  principal_id uuid REFERENCES principals,
  spent_tokens bigint NOT NULL DEFAULT 0,
  reserved_tokens bigint NOT NULL DEFAULT 0,
  spent_micros bigint NOT NULL DEFAULT 0,
  reserved_micros bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, subject, day)
);

-- The three budgets of a call, locked in this order by everybody: nobody waits for somebody who waits for them.
CREATE FUNCTION lock_budgets(p_principal uuid, p_session uuid, p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one record;
BEGIN
  FOR one IN SELECT * FROM (VALUES (1, 'day', '', p_day, NULL), (2, 'principal', p_principal::text, p_day, p_principal),
    (3, 'session', p_session::text, 'infinity', p_principal)) AS b(n, scope, subject, day, principal_id) ORDER BY n
  LOOP
    PERFORM FROM budgets b WHERE b.scope = one.scope AND b.subject = one.subject AND b.day = one.day FOR UPDATE;
    CONTINUE WHEN FOUND;
    INSERT INTO budgets (scope, subject, day, principal_id) VALUES (one.scope, one.subject, one.day, one.principal_id)
    ON CONFLICT DO NOTHING;
    PERFORM FROM budgets b WHERE b.scope = one.scope AND b.subject = one.subject AND b.day = one.day FOR UPDATE;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION lock_budgets FROM PUBLIC;

-- After lock_budgets.
CREATE FUNCTION change_budgets(p_principal uuid, p_session uuid, p_day date, p_spent_tokens bigint,
  p_reserved_tokens bigint, p_spent_micros bigint, p_reserved_micros bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
  UPDATE budgets b SET spent_tokens = b.spent_tokens + p_spent_tokens,
    reserved_tokens = b.reserved_tokens + p_reserved_tokens, spent_micros = b.spent_micros + p_spent_micros,
    reserved_micros = b.reserved_micros + p_reserved_micros
  FROM (VALUES ('day', '', p_day), ('principal', p_principal::text, p_day), ('session', p_session::text, 'infinity'))
    AS l(scope, subject, day)
  WHERE b.scope = l.scope AND b.subject = l.subject AND b.day = l.day;
END;
REVOKE ALL ON FUNCTION change_budgets FROM PUBLIC;

-- Puts an attempt on the book, or answers the first budget that it does not fit into. Limits are of the day, the principal
-- and the session, in this order; null: there is none. The same attempt again is the same, and is not counted again.
CREATE FUNCTION reserve_model_call(p_call text, p_attempt int, p_asker text, p_purpose text, p_model text,
  p_tokens bigint, p_micros bigint, p_deadline timestamptz, p_tokens_max bigint[], p_micros_max bigint[])
RETURNS TABLE (over_scope text, over_unit text, over_left bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  today date := (now() AT TIME ZONE 'UTC')::date;
  owner record;
BEGIN
  SELECT t.id, t.session_id, t.principal_id INTO STRICT owner FROM turns t WHERE t.id = left(p_call, 36)::uuid;
  PERFORM lock_budgets(owner.principal_id, owner.session_id, today);
  IF EXISTS (SELECT FROM model_calls c WHERE c.call_id = p_call AND c.attempt = p_attempt) THEN RETURN; END IF;

  RETURN QUERY SELECT b.scope, u.unit, greatest(u.most - u.used, 0)
  FROM unnest(ARRAY['day', 'principal', 'session'], ARRAY['', owner.principal_id::text, owner.session_id::text],
      ARRAY[today, today, 'infinity'], p_tokens_max, p_micros_max)
      WITH ORDINALITY AS l(scope, subject, day, tokens_max, micros_max, n)
    JOIN budgets b ON b.scope = l.scope AND b.subject = l.subject AND b.day = l.day
    CROSS JOIN LATERAL (VALUES
      ('tokens', b.spent_tokens + b.reserved_tokens, p_tokens, l.tokens_max),
      ('micros', b.spent_micros + b.reserved_micros, p_micros, l.micros_max)) AS u(unit, used, asked, most)
  WHERE u.used + u.asked > u.most ORDER BY l.n, u.unit LIMIT 1;
  IF FOUND THEN RETURN; END IF;

  PERFORM change_budgets(owner.principal_id, owner.session_id, today, 0, p_tokens, 0, p_micros);
  INSERT INTO model_calls (call_id, attempt, turn_id, session_id, principal_id, thought, asker, purpose, model, day,
    reserved_tokens, reserved_micros, deadline)
  VALUES (p_call, p_attempt, owner.id, owner.session_id, owner.principal_id, split_part(substr(p_call, 38), '-', 1)::int,
    p_asker, p_purpose, p_model, today, p_tokens, p_micros, p_deadline);
END $$;
REVOKE ALL ON FUNCTION reserve_model_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reserve_model_call TO switchboard_work;

-- What an attempt has used; null: nobody knows, so it counts in full. Answers the change to what was spent, which is none
-- when it had been settled; no row when it was never reserved. What was only presumed is corrected, once.
CREATE FUNCTION settle_model_call(p_call text, p_attempt int, p_prompt_bytes bigint, p_prompt_tokens bigint,
  p_completion_tokens bigint, p_micros bigint)
RETURNS TABLE (model text, purpose text, tokens bigint, micros bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one model_calls;
  is_presumed boolean := p_micros IS NULL;
  more_tokens bigint := 0;
  more_micros bigint := 0;
BEGIN
  SELECT c.* INTO one FROM model_calls c WHERE c.call_id = p_call AND c.attempt = p_attempt;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM lock_budgets(one.principal_id, one.session_id, one.day);
  SELECT c.* INTO one FROM model_calls c WHERE c.call_id = p_call AND c.attempt = p_attempt FOR UPDATE;

  IF one.state = 'reserved' OR one.presumed AND NOT is_presumed THEN
    more_tokens := coalesce(p_prompt_tokens + p_completion_tokens, one.reserved_tokens)
      - one.prompt_tokens - one.completion_tokens;
    more_micros := coalesce(p_micros, one.reserved_micros) - one.cost_micros;
    PERFORM change_budgets(one.principal_id, one.session_id, one.day,
      more_tokens, CASE one.state WHEN 'reserved' THEN -one.reserved_tokens ELSE 0 END,
      more_micros, CASE one.state WHEN 'reserved' THEN -one.reserved_micros ELSE 0 END);
    UPDATE model_calls c SET state = 'settled', presumed = is_presumed, prompt_bytes = coalesce(p_prompt_bytes, 0),
      prompt_tokens = coalesce(p_prompt_tokens, 0), completion_tokens = coalesce(p_completion_tokens, one.reserved_tokens),
      cost_micros = coalesce(p_micros, one.reserved_micros), settled_at = now()
    WHERE c.call_id = p_call AND c.attempt = p_attempt;
  END IF;
  RETURN QUERY SELECT one.model, one.purpose, more_tokens, more_micros;
END $$;
REVOKE ALL ON FUNCTION settle_model_call FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_model_call TO switchboard_work;

ALTER TABLE model_calls ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE budgets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON model_calls TO switchboard_owner, switchboard_work USING (true);
CREATE POLICY program ON budgets TO switchboard_owner, switchboard_work USING (true);
-- By the row itself, not by its turn: what a month has cost is the sum of many rows.
CREATE POLICY own ON model_calls TO switchboard_api USING (principal_id = current_principal());
CREATE POLICY begun_with ON model_calls AS RESTRICTIVE TO switchboard_api
  USING (current_key() IS NULL OR is_own_turn(turn_id));
CREATE POLICY own ON budgets TO switchboard_api USING (principal_id = current_principal());

-- Both are written by the functions above, and by nothing else.
GRANT SELECT ON model_calls, budgets TO switchboard_api, switchboard_work;
