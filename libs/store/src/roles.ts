// The roles that the walls inside the database are made of, and the logins that are members of them.
import { randomBytes } from 'node:crypto';
import { scramVerifier } from './scram.ts';
import type { Pool } from './sql.ts';

export const ownerRole = 'switchboard_owner';
/** All that each login may do is granted to its role, by the migrations. */
export const loginRoles = { api: 'switchboard_api', work: 'switchboard_work' } as const;

/** The logins of one installation: roles belong to the whole server, and another one there has its own. */
export interface Logins {
  /** Ends the names of the logins; lower-case letters and digits. */
  readonly suffix: string;
  readonly passwords: Readonly<Record<keyof typeof loginRoles, string>>;
}

const suffixPattern = /^[a-z0-9]{1,32}$/;
const passwordPattern = /^[\w-]{16,128}$/;
/** Somebody else was quicker. */
const made = new Set(['42710', '23505']);

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** With passwords that nobody keeps: for servers that live no longer than what uses them. */
export function newLogins(suffix: string): Logins {
  return { suffix, passwords: { api: newPassword(), work: newPassword() } };
}

export function loginName(login: keyof typeof loginRoles, { suffix }: Logins): string {
  if (!suffixPattern.test(suffix)) throw new TypeError(`${suffix} is not a plain suffix`);
  return `${loginRoles[login]}_${suffix}`;
}

async function ensureRole(sql: Pool, role: string, can: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  const found = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${role}`;
  if (found.length > 0) return;
  await sql`CREATE ROLE ${sql(role)} ${sql.unsafe(can)}`.catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && made.has(String(error.code)))) throw error;
  });
}

/** One that somebody made by hand, and made mighty, would be no wall. */
async function refuseMight(sql: Pool, roles: readonly string[]): Promise<void> {
  const mighty = await sql<{ rolname: string }[]>`
    SELECT rolname FROM pg_roles WHERE rolname = ANY(${[...roles]})
      AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`;
  if (mighty.length === 0) return;
  const names = mighty.map(({ rolname }) => rolname).join(', ');
  throw new Error(`${names} may do more than Switchboard grants; run: ALTER ROLE … NOSUPERUSER NOBYPASSRLS \
NOCREATEROLE NOCREATEDB NOREPLICATION`);
}

/** Makes what is missing, and sets the passwords. May be called again. */
export async function ensureRoles(sql: Pool, logins: Logins): Promise<void> {
  await ensureRole(sql, ownerRole, 'NOLOGIN');
  const [admin] = await sql<{ rolsuper: boolean }[]>`SELECT rolsuper FROM pg_roles WHERE rolname = current_user`;
  // Who makes a role may not yet act as it.
  if (!admin?.rolsuper) await sql`GRANT ${sql(ownerRole)} TO CURRENT_USER`;
  const names = [ownerRole];
  for (const login of ['api', 'work'] as const) {
    const role = loginRoles[login];
    const name = loginName(login, logins);
    const password = logins.passwords[login];
    if (!passwordPattern.test(password)) throw new TypeError(`the password of ${name} is not plain, or too short`);
    await ensureRole(sql, role, 'NOLOGIN');
    await ensureRole(sql, name, 'LOGIN');
    await sql.unsafe(`ALTER ROLE ${name} PASSWORD '${scramVerifier(password)}'`);
    const member = await sql`
      SELECT 1 FROM pg_auth_members WHERE roleid = ${role}::regrole AND member = ${name}::regrole`;
    if (member.length === 0) await sql`GRANT ${sql(role)} TO ${sql(name)}`;
    names.push(role, name);
  }
  await refuseMight(sql, names);
}
