// A real PostgreSQL on 127.0.0.1, from a folder: made when it is not there, recovered when it was killed.
import { mkdir, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { dieWithParent } from './die-with-parent.ts';
import { onFreePort } from './free-port.ts';
import { ensureCluster, postgresEnv, superuser } from './postgres-cluster.ts';
import { postgresPrograms } from './postgres-files.ts';
import { clearLeftovers } from './postgres-leftovers.ts';
import { unprivileged } from './postgres-user.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface PostgresOptions {
  /** Made when it is not there; its parents too. One server at a time: the caller sees to that. */
  readonly dataDir: string;
  /** Default: any free one. */
  readonly port?: number;
  /** False only for data that nobody will miss: tests. Default true. */
  readonly fsync?: boolean;
  /** More settings, by their names in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default 60,000: recovery after a crash takes its time. */
  readonly readyMsMax?: number;
  /** What a PostgreSQL that is still stopping on the folder gets, in milliseconds. Default 15,000. */
  readonly unusedMsMax?: number;
  readonly onLog?: (line: string) => void;
}

export interface Postgres extends ServerProcess {
  /** Of the superuser, with the password: a secret. */
  readonly url: string;
  readonly port: number;
}

/** Commits survive a crash of the server, not of the machine (PostgreSQL's manual, "Non-Durable Settings"). */
const nonDurable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

function argumentsOf(options: PostgresOptions, dataDir: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    ...(options.fsync === false ? nonDurable : {}),
    ...options.settings,
  };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/**
 * Resolves when it takes connections. It ends with this process, however that ends. Throws StartError; `in-use` when
 * another PostgreSQL works on the folder, `port-taken` only for a port that was given.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const programs = await postgresPrograms();
  const runAs = await unprivileged();
  await mkdir(dirname(resolve(options.dataDir)), { recursive: true });
  const password = await ensureCluster(resolve(options.dataDir), programs, runAs, options.fsync ?? true);
  const dataDir = await realpath(options.dataDir);
  await clearLeftovers(dataDir, options.unusedMsMax ?? 15_000);
  return onFreePort(options.port, async (port) => {
    const command = [programs.postgres, ...argumentsOf(options, dataDir, port)];
    const server = await startServer({
      name: 'PostgreSQL',
      argv: [...runAs.prefix, ...dieWithParent('SIGINT', command)],
      env: postgresEnv,
      cwd: '/',
      ready: /database system is ready to accept connections/,
      readyMsMax: options.readyMsMax ?? 60_000,
      // Fast, then immediate shutdown: sessions are ended, never waited for.
      stopSignals: [
        ['SIGINT', 10_000],
        ['SIGQUIT', 5_000],
      ],
      onLog: options.onLog,
    });
    return { ...server, port, url: `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres` };
  });
}
