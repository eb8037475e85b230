// A real broker for tests: the generated users and permissions, and deaths on demand.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBusIdentity, provisionStreams } from '@switchboard/bus';
import { brokerUsers } from '@switchboard/contract';
import { type KeyedUser, locateNatsServer, type Nats, startNats } from '@switchboard/embedded';
import { projectRoot } from './project-root.ts';
import { tempFolder } from './temp-folder.ts';

export interface TestNats {
  /** The same after a restart. */
  readonly url: string;
  /** User of the broker → seed: gateway, router, each agent, provisioner, operator. */
  readonly identities: Readonly<Record<string, string>>;
  /** As a crash or a power cut to the process does it. Resolves when it is gone. */
  kill9(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port; `wipe` loses its disk. The streams are there again. */
  restart(options?: { wipe?: boolean }): Promise<void>;
  /** And removes its files. May be called again. */
  stop(): Promise<void>;
}

/** Starts nats-server with the users of a deployment that has these agents, and makes the streams. */
export async function startTestNats(options: { agents?: readonly string[] } = {}): Promise<TestNats> {
  const configured = process.env['NATS_SERVER'];
  const binary = await locateNatsServer({
    cacheDir: join(projectRoot, '.cache'),
    ...(configured === undefined ? {} : { configured }),
  });
  const folder = await tempFolder();
  const identities: Record<string, string> = {};
  const users: KeyedUser[] = brokerUsers(options.agents ?? []).map((user) => {
    const { seed, publicKey } = createBusIdentity();
    identities[user.name] = seed;
    return { ...user, publicKey };
  });

  async function start(port?: number): Promise<Nats> {
    const nats = await startNats({ binary, dir: folder.path, users, ...(port === undefined ? {} : { port }) });
    await provisionStreams({ url: nats.url, seed: identities['provisioner'] ?? '' });
    return nats;
  }

  let nats = await start();
  return {
    url: nats.url,
    identities,
    async kill9() {
      process.kill(nats.pid, 'SIGKILL');
      await nats.exited;
    },
    async restart({ wipe = false } = {}) {
      await nats.stop();
      if (wipe) await rm(join(folder.path, 'jetstream'), { recursive: true, force: true });
      nats = await start(nats.port);
    },
    async stop() {
      await nats.stop();
      await folder.remove();
    },
  };
}
