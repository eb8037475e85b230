// A database ready for use: made when it is not there, its roles with their logins, and all migrations.
import { createDatabase } from './databases.ts';
import { migrate } from './migrate.ts';
import { ensureRoles, type Logins, loginName, loginRoles, ownerRole } from './roles.ts';
import { openSql, type Pool } from './sql.ts';

/** With the passwords: secrets. */
export interface DatabaseUrls {
  /** Of the HTTP side: one principal at a time. */
  readonly url: string;
  /** Of the program itself. */
  readonly workUrl: string;
}

const noSuchDatabase = '3D000';
const notAllowed = '42501';
/** Any number: the same for every preparation of this product. */
const preparationLock = 8_420_003;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

function pathOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const sql = openSql({ url: adminUrl, connectionsMax: 1 });
  try {
    await sql`SELECT 1`;
  } catch (error) {
    if (!hasCode(error, noSuchDatabase)) throw error;
    await createDatabase(Object.assign(new URL(adminUrl), { pathname: '/postgres' }).href, pathOf(adminUrl));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Tables of a time when whoever connected owned them. */
async function giveToOwner(sql: Pool): Promise<void> {
  const [earlier] = await sql`
    SELECT 1 FROM pg_class WHERE oid = to_regclass('public.schema_migrations') AND relowner <> ${ownerRole}::regrole`;
  if (!earlier) return;
  await sql`
    DO $$ DECLARE made record; BEGIN
      FOR made IN SELECT format('TABLE %s', oid::regclass) AS what FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        UNION ALL SELECT format('FUNCTION %s', oid::regprocedure) FROM pg_proc
          WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
      LOOP EXECUTE format('ALTER %s OWNER TO switchboard_owner', made.what); END LOOP;
    END $$`.simple();
}

/** Nobody but the logins may come in, and nobody but the owner may make anything; temporary tables neither. */
async function closeDatabase(sql: Pool, database: string, logins: readonly string[]): Promise<void> {
  await sql`REVOKE ALL ON DATABASE ${sql(database)} FROM PUBLIC`;
  await sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`;
  await sql`GRANT USAGE, CREATE ON SCHEMA public TO ${sql(ownerRole)}`;
  for (const login of logins) await sql`GRANT CONNECT ON DATABASE ${sql(database)} TO ${sql(login)}`;
}

function loginUrl(adminUrl: string, name: string, password: string): string {
  return Object.assign(new URL(adminUrl), { username: name, password }).href;
}

/** What `prepareDatabase` will answer, known before there is a database. */
export function databaseUrls(adminUrl: string, logins: Logins): DatabaseUrls {
  return {
    url: loginUrl(adminUrl, loginName('api', logins), logins.passwords.api),
    workUrl: loginUrl(adminUrl, loginName('work', logins), logins.passwords.work),
  };
}

/**
 * `adminUrl` names the database, which is Switchboard's alone; its user may create roles, and owns the database or may
 * create it. May be called again, also by several at the same time. Throws an Error that says what to run when the user
 * may not do what is needed.
 */
export async function prepareDatabase(adminUrl: string, logins: Logins): Promise<DatabaseUrls> {
  const api = loginName('api', logins);
  const work = loginName('work', logins);
  try {
    await ensureDatabase(adminUrl);
    const sql = openSql({ url: adminUrl, connectionsMax: 1 });
    try {
      await sql`SELECT pg_advisory_lock(${preparationLock})`;
      await ensureRoles(sql, logins);
      await closeDatabase(sql, pathOf(adminUrl), [api, work]);
      await giveToOwner(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
    await migrate(adminUrl);
  } catch (error) {
    if (!hasCode(error, notAllowed)) throw error;
    const user = new URL(adminUrl).username;
    const message = error instanceof Error ? error.message : String(error);
    const roles = [ownerRole, ...Object.values(loginRoles)].join(', ');
    throw new Error(
      `${user} may not prepare the database (${message}): the gateway works with roles of its own, so this user must ` +
        `own the database and may create roles. As an administrator run: ALTER ROLE "${user}" CREATEROLE CREATEDB; and, ` +
        `where these roles are there already: GRANT ${roles} TO "${user}" WITH ADMIN OPTION`,
      { cause: error },
    );
  }
  return databaseUrls(adminUrl, logins);
}
