// A new PostgreSQL data folder: there whole, with its password, or not at all.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { dieWithParent } from './die-with-parent.ts';
import type { PostgresPrograms } from './postgres-files.ts';
import { giveTo, type RunAs } from './postgres-user.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

export const superuser = 'postgres';
/** Inside the data folder, so that a folder and its password never part. */
const passwordFile = 'superuser.password';
/** Nothing of the caller's environment: neither secrets nor PG* settings; and messages in English, for they are read. */
export const postgresEnv = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
const initdbMsMax = 120_000;

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function initdbArguments(folder: string, pwfile: string, fsync: boolean): string[] {
  const access = ['--username', superuser, '--pwfile', pwfile, '--auth', 'scram-sha-256'];
  // The same sort order on every machine, whatever its C library.
  const language = [
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--locale-provider',
    'builtin',
    '--builtin-locale',
    'C.UTF-8',
  ];
  return ['--pgdata', folder, ...access, ...language, '--data-checksums', ...(fsync ? [] : ['--no-sync'])];
}

async function createCluster(dataDir: string, programs: PostgresPrograms, runAs: RunAs, fsync: boolean): Promise<void> {
  const draft = `${dataDir}.new`;
  const draftPassword = `${draft}.password`;
  await rm(draft, { recursive: true, force: true });
  await rm(draftPassword, { force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(draftPassword, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  await giveTo(runAs, programs.initdb, [draft, draftPassword]);
  const command = dieWithParent('SIGTERM', [programs.initdb, ...initdbArguments(draft, draftPassword, fsync)]);
  const [file = '', ...args] = [...runAs.prefix, ...command];
  await run(file, args, { env: postgresEnv, cwd: '/', timeout: initdbMsMax }).catch((cause: Error) => {
    throw new StartError('failed', `PostgreSQL could not make its data folder ${dataDir}: ${cause.message}`, { cause });
  });
  await rename(draftPassword, join(draft, passwordFile));
  await syncFolder(draft);
  await rename(draft, dataDir);
  await syncFolder(dirname(dataDir));
}

/** Makes the data folder when it is not there. Returns the superuser's password. Not for two processes at a time. */
export async function ensureCluster(
  dataDir: string,
  programs: PostgresPrograms,
  runAs: RunAs,
  fsync: boolean,
): Promise<string> {
  const exists = await access(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (!exists) await createCluster(dataDir, programs, runAs, fsync);
  await giveTo(runAs, programs.postgres, [dataDir]);
  return readFile(join(dataDir, passwordFile), 'utf8');
}
