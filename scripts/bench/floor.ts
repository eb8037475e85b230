// The raw cost of the hops of one turn, on servers of the same kind: its commits, its ledger's fsyncs, its requests.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus } from '@switchboard/bus';
import { invocationId } from '@switchboard/contract';
import { startPostgres } from '@switchboard/embedded';
import { newLogins, openStore, prepareDatabase } from '@switchboard/store';
import { startTestNats } from '@switchboard/testkit';
import { measure, type Timing } from './measure.ts';

/** What one turn that writes a file costs: accept, claim, start, end; started, done; route, invoke. */
export const hops = { commits: 4, fsyncs: 2, requests: 2 } as const;

export interface Floor {
  /** One turn's hops, one after another, with nothing between them. */
  measure(count: number, concurrency: number): Promise<Timing>;
  close(): Promise<void>;
}

async function commits(folder: string) {
  const postgres = await startPostgres({ dataDir: join(folder, 'floor-postgres') });
  const { href } = Object.assign(new URL(postgres.url), { pathname: '/floor' });
  const store = openStore({ ...(await prepareDatabase(href, newLogins('floor'))), connectionsMax: 16 });
  const principalId = randomUUID();
  await store.keys.ensure({ id: 'f', hash: 'f', scopes: [], principal: { id: principalId, name: 'floor' } });
  return {
    commit: () => store.of(principalId).sessions.create({ id: randomUUID() }, { type: 'session-created', data: {} }),
    async close() {
      await store.close();
      await postgres.stop();
    },
  };
}

async function requests() {
  const nats = await startTestNats({ agents: ['workstation'] });
  const echo = fork(fileURLToPath(new URL('echo.ts', import.meta.url)), {
    env: { ...process.env, NATS_URL: nats.url, BUS_SEED: nats.identities['workstation'] ?? '' },
  });
  await once(echo, 'message');
  const bus = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  const id = invocationId(randomUUID(), 1, 1);
  return {
    request: () =>
      bus.request('status', { agent: 'workstation' }, { v: 1, id }, { replier: 'workstation', timeoutMs: 5_000 }),
    async close() {
      await bus.close();
      echo.disconnect();
      await nats.stop();
    },
  };
}

export async function startFloor(folder: string): Promise<Floor> {
  const [database, broker] = await Promise.all([commits(folder), requests()]);
  const file = await open(join(folder, 'floor-ledger'), 'a');
  const line = `${'x'.repeat(400)}\n`;
  return {
    measure: (count, concurrency) =>
      measure(count, concurrency, async () => {
        for (let hop = 0; hop < hops.commits; hop++) await database.commit();
        for (let hop = 0; hop < hops.fsyncs; hop++) {
          await file.write(line);
          await file.datasync();
        }
        for (let hop = 0; hop < hops.requests; hop++) await broker.request();
      }),
    async close() {
      await Promise.all([database.close(), broker.close(), file.close()]);
    },
  };
}
