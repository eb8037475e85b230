-- Whose a row is, is looked up by its turn or its session. As a subquery in the policy the planner was free to read all of
-- a principal's turns first, and without statistics it did: what one turn costs grew with all that were ever said.

CREATE FUNCTION is_own_turn(given_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM turns t WHERE t.id = given_id AND t.principal_id = current_principal()
    AND (current_key() IS NULL OR t.key_id = current_key()));
END $$;
REVOKE ALL ON FUNCTION is_own_turn FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_own_turn TO switchboard_api;

CREATE FUNCTION is_own_session(given_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM sessions s WHERE s.id = given_id AND s.principal_id = current_principal()
    AND (current_key() IS NULL OR s.key_id = current_key()));
END $$;
REVOKE ALL ON FUNCTION is_own_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_own_session TO switchboard_api;

ALTER POLICY own ON turns USING (principal_id = current_principal())
  WITH CHECK (principal_id = current_principal() AND is_own_session(session_id));
ALTER POLICY own ON invocations USING (is_own_turn(turn_id));
ALTER POLICY own ON questions USING (is_own_turn(turn_id));
ALTER POLICY own ON artifacts USING (is_own_turn(turn_id));
ALTER POLICY own ON events USING (is_own_session(session_id));
