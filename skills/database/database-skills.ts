// The database skills, for the manifest of the agent that has a database to ask.
import type { Skill } from '@switchboard/contract';
import { contract as describeDatabase } from './describe-database/contract.ts';
import { handler as describeDatabaseHandler } from './describe-database/handler.ts';
import { contract as queryDatabase } from './query-database/contract.ts';
import { handler as queryDatabaseHandler } from './query-database/handler.ts';

export const databaseSkills: readonly Skill[] = [
  { contract: queryDatabase, handler: queryDatabaseHandler },
  { contract: describeDatabase, handler: describeDatabaseHandler },
];
