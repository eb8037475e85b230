// The database part of the business agent: one database that may be asked, where the settings name one.
import { withoutCapability } from '@switchboard/agent';
import { SkillError } from '@switchboard/contract';
import type { Life } from '@switchboard/service';
import { databaseSkills } from '@switchboard/skills/business';
import type { BusinessPart } from '../part.ts';
import { createDatabaseAdapter } from './database-adapter.ts';
import type { DatabaseConfig } from './database-settings.ts';
import { inReadOnly } from './in-read-only.ts';
import { howToReadOnly } from './read-only-role.ts';

/** A look at the role may take so long; who asks later is told then. */
const lookMsMax = 700;

/**
 * Without settings, and with a role that can do more than read, its skills are unavailable. A database that is away is
 * no reason: every call looks at the role again.
 */
export async function databasePart({ QUERY_DATABASE_URL }: DatabaseConfig, log: Life['log']): Promise<BusinessPart> {
  const skills = databaseSkills;
  const without = (why: string): BusinessPart => ({
    skills,
    adapters: {},
    unavailable: withoutCapability(skills, 'database', why.slice(0, 500)),
  });
  if (QUERY_DATABASE_URL === undefined) {
    return without(
      `no database is configured: set QUERY_DATABASE_URL_FILE to a file with postgres://reader:…@host/name, of a role that can only read (${howToReadOnly})`,
    );
  }
  const refusal = await look(QUERY_DATABASE_URL, log);
  if (refusal !== undefined) return without(refusal);
  return { skills, adapters: { database: createDatabaseAdapter(QUERY_DATABASE_URL) }, unavailable: [] };
}

/** Why its role is not taken; undefined when it can only read, and when nobody could look. */
async function look(url: string, log: Life['log']): Promise<string | undefined> {
  try {
    await inReadOnly(url, AbortSignal.timeout(lookMsMax), async () => undefined);
  } catch (error) {
    if (error instanceof SkillError && error.reason === 'role-may-write') return error.message;
    log.warn({ err: error }, 'the database to be asked could not be looked at yet');
  }
  return undefined;
}
