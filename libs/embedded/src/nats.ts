// A real nats-server on 127.0.0.1, with JetStream in a folder and only the users it is given.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { dieWithParent } from './die-with-parent.ts';
import { onFreePort } from './free-port.ts';
import { type KeyedUser, type NatsCluster, renderNatsConf } from './nats-conf.ts';
import { waitUntilUnused } from './processes-in.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** What a nats-server that is still stopping on the folder gets. */
const unusedMsMax = 15_000;

export interface NatsOptions {
  /** The program, as locateNatsServer finds it. */
  readonly binary: string;
  /** For its configuration and JetStream's files; made when it is not there. One server at a time. */
  readonly dir: string;
  readonly users: readonly KeyedUser[];
  /** Default: any free one. */
  readonly port?: number;
  readonly monitorPort?: number;
  /** Then it is ready when it takes connections, and the cluster when most of its servers are there. */
  readonly cluster?: NatsCluster;
  readonly onLog?: (line: string) => void;
}

export interface Nats extends ServerProcess {
  readonly url: string;
  readonly port: number;
}

/**
 * Resolves when it takes connections; the streams are made by whoever calls. It ends with this process, however that
 * ends. Throws StartError; `in-use` when another one works on the folder, `port-taken` only for a port that was given.
 */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const { binary, users, monitorPort, cluster } = options;
  const dir = resolve(options.dir);
  const conf = join(dir, 'nats.conf');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // nats-server itself takes no lock: two on one folder would ruin it.
  await waitUntilUnused(dir, basename(binary), unusedMsMax);
  return onFreePort(options.port, async (port) => {
    await writeFile(conf, renderNatsConf({ port, storeDir: dir, users, monitorPort, cluster }), { mode: 0o600 });
    const server = await startServer({
      name: 'nats-server',
      argv: dieWithParent('SIGTERM', [binary, '-c', conf]),
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      cwd: dir,
      ready: /Server is ready/,
      readyMsMax: 30_000,
      stopSignals: [['SIGTERM', 5_000]],
      onLog: options.onLog,
    });
    return { ...server, port, url: `nats://127.0.0.1:${port}` };
  });
}
