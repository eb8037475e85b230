// Making and dropping databases on a server: for the first start, and a fresh one for each test file.
import { openSql } from './sql.ts';

const name = /^[a-z][a-z0-9_]{0,62}$/;

async function run(serverUrl: string, statement: string): Promise<void> {
  const sql = openSql({ url: serverUrl, connectionsMax: 1 });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function checked(database: string): string {
  if (!name.test(database)) throw new TypeError(`${database} is not a plain database name`);
  return database;
}

/** False when it is there already. */
export async function createDatabase(serverUrl: string, database: string): Promise<boolean> {
  const sql = openSql({ url: serverUrl, connectionsMax: 1 });
  try {
    const found = await sql`SELECT 1 FROM pg_database WHERE datname = ${checked(database)}`;
    if (found.length > 0) return false;
    await sql.unsafe(`CREATE DATABASE ${checked(database)}`);
    return true;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** A copy of a database that nobody is connected to. */
export function cloneDatabase(serverUrl: string, template: string, database: string): Promise<void> {
  return run(serverUrl, `CREATE DATABASE ${checked(database)} TEMPLATE ${checked(template)}`);
}

/** Also when somebody is connected. */
export function dropDatabase(serverUrl: string, database: string): Promise<void> {
  return run(serverUrl, `DROP DATABASE IF EXISTS ${checked(database)} WITH (FORCE)`);
}
