// Whether the role that a database was given can do more than read: then nothing is asked in its name.
import { SkillError } from '@switchboard/contract';
import type { Sql } from 'postgres';

/** Membership in one of them is power over data, files or other sessions. */
const powers = [
  'pg_write_all_data',
  'pg_write_server_files',
  'pg_read_server_files',
  'pg_execute_server_program',
  'pg_signal_backend',
  'pg_maintain',
  'pg_checkpoint',
  'pg_create_subscription',
];
/** Their functions reach out of the transaction, and anybody may call them where they are installed. */
const reachingOut = ['dblink', 'file_fdw', 'adminpack', 'http', 'pg_net', 'pg_cron', 'plsh', 'pg_background'];

/**
 * The first power that it finds, in words; nothing for a role that can only read. Also what it could become by SET ROLE
 * counts. System schemas do not: everybody may change their own settings there.
 */
export async function powerOf(sql: Sql): Promise<string | undefined> {
  const found = await sql<{ why: string }[]>`
    WITH mine AS (
      SELECT oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication
      FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
    ), schemas AS (
      SELECT oid, nspname FROM pg_catalog.pg_namespace
      WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
    )
    (SELECT 'is a superuser' AS why FROM pg_catalog.pg_roles WHERE rolname = session_user AND rolsuper)
    UNION ALL
    (SELECT 'may create roles, databases or replicas' FROM mine
     WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication LIMIT 1)
    UNION ALL
    (SELECT 'belongs to ' || rolname FROM mine WHERE rolname = ANY (${`{${powers.join()}}`}::text[]) LIMIT 1)
    UNION ALL
    (SELECT 'may create schemas' FROM mine
     WHERE pg_catalog.has_database_privilege(oid, current_database(), 'CREATE') LIMIT 1)
    UNION ALL
    (SELECT 'may create tables in the schema ' || n.nspname FROM schemas n, mine m
     WHERE pg_catalog.has_schema_privilege(m.oid, n.oid, 'CREATE') LIMIT 1)
    UNION ALL
    (SELECT 'may write to ' || n.nspname || '.' || c.relname
     FROM pg_catalog.pg_class c JOIN schemas n ON n.oid = c.relnamespace, mine m
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (
       c.relowner = m.oid OR
       pg_catalog.has_table_privilege(m.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR
       pg_catalog.has_any_column_privilege(m.oid, c.oid, 'INSERT, UPDATE')
     ) LIMIT 1)
    UNION ALL
    (SELECT 'may call ' || p.proname || ' of ' || e.extname || ', which reaches out of the database'
     FROM pg_catalog.pg_extension e
     JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid
       AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'e'
     JOIN pg_catalog.pg_proc p ON p.oid = d.objid, mine m
     WHERE e.extname = ANY (${`{${reachingOut.join()}}`}::text[])
       AND pg_catalog.has_function_privilege(m.oid, p.oid, 'EXECUTE') LIMIT 1)
    UNION ALL
    (SELECT 'may call ' || p.proname || ', written in ' || l.lanname
     FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanispl AND NOT l.lanpltrusted, mine m
     WHERE pg_catalog.has_function_privilege(m.oid, p.oid, 'EXECUTE') LIMIT 1)
    LIMIT 1`;
  return found[0]?.why;
}

export const howToReadOnly =
  "CREATE ROLE reader LOGIN PASSWORD '…'; GRANT pg_read_all_data TO reader; and nothing more";

/** Throws SkillError `role-may-write`. */
export async function refusePower(sql: Sql): Promise<void> {
  const why = await powerOf(sql);
  if (why === undefined) return;
  throw new SkillError('role-may-write', `The database’s role ${why}. Give one that can only read: ${howToReadOnly}.`);
}
