// F08, F09, F10: a disk without a byte left under the broker, the database, and an agent's ledger.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Bench, openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { copyWrong } from '../verify/checks.ts';
import { readRecord } from '../verify/record.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row, type RowResult } from './row.ts';

type DiskOwner = 'nats' | 'postgres' | 'world-data';
type Try = (bench: Bench, disk: { fill(): void; free(): void }) => Promise<RowResult>;

/** A stage of its own, with one small disk. */
function diskRow(id: string, title: string, owner: DiskOwner, megabytes: number, attempt: Try): Row {
  return {
    id,
    title,
    async run() {
      const stage = await openStage({ smallDisk: { owner, megabytes } });
      try {
        const disk = stage.smallDisk;
        if (disk === undefined)
          return { broken: [], figures: {}, skipped: 'a small disk cannot be mounted (needs root)' };
        return await attempt(await openBench(stage), disk);
      } finally {
        await stage.close();
      }
    },
  };
}

const ring = (key: string): string => say([{ skill: worldSkillOf.once, key, ms: 0 }]);
const partsSchema = z.object({ parts: z.record(z.string(), z.string()) });

/** Whether a gateway says, within some time, that events wait: an acknowledgement that does not come takes its time. */
async function waitingForStream({ api, stage }: Bench): Promise<boolean> {
  for (let tries = 0; tries < 40; tries++) {
    const health = await Promise.all(stage.gateways.map((_, gateway) => api.call('GET', '/readyz', { gateway })));
    if (health.some(({ body }) => partsSchema.parse(body).parts['events'] !== 'ok')) return true;
    await delay(500);
  }
  return false;
}

const brokerFull = diskRow(
  'F08',
  'the broker’s disk is full: turns go on, the copy waits and is whole later',
  'nats',
  24,
  async (bench, disk) => {
    const { api, post, end, key, stage } = bench;
    const { must, broken } = claims();
    const session = await api.createSession();
    disk.fill();
    for (let turn = 0; turn < 10; turn++) {
      const ended = await end((await post(session, ring(key()))).id);
      must(ended.state === 'completed', `a turn ended ${ended.state}`);
    }
    const events = await waitingForStream(bench);
    must(events, 'readiness does not say that events wait');
    disk.free();
    // nats-server gives a stream up whose disk was full: it comes back with a restart.
    await stage.broker.kill();
    await stage.broker.start();
    const kept = await readRecord(stage, [{ id: session, turns: [] }]);
    broken.push(...copyWrong({ kept }));
    return { broken, figures: { turns: 10, events: kept[0]?.events.length, readinessSaysSo: events } };
  },
);

async function revive(stage: Stage): Promise<void> {
  // Without space for its log the server stops, or lives on: either is well.
  await stage.database.kill().catch(() => {});
  await stage.database.start();
}

const databaseFull = diskRow(
  'F09',
  'the database’s disk is full: nothing is taken that is not kept',
  'postgres',
  256,
  async (bench, disk) => {
    const { api, post, end, key, effects, stage } = bench;
    const { must, broken } = claims();
    const session = await api.createSession();
    disk.fill();
    const keys = Array.from({ length: 20 }, () => key());
    const posts = keys.map((name) => post(session, ring(name), name));
    await delay(5_000);
    disk.free();
    await revive(stage);
    const taken = await Promise.all(posts);
    const refused = taken.filter(({ answers }) => answers.length > 1).length;
    for (const { id } of taken) must((await end(id)).state === 'completed', 'a turn is not completed');
    for (const name of keys) must((await effects(name)) === 1, `${name} happened ${await effects(name)} times`);
    return { broken, figures: { turns: keys.length, hadToAskAgain: refused } };
  },
);

const ledgerFull = diskRow(
  'F10',
  'the ledger’s disk is full: what cannot be written down is not done',
  'world-data',
  1,
  async (bench, disk) => {
    const { run, key, effects } = bench;
    const { must, broken } = claims();
    disk.fill();
    const name = key();
    const refused = await run([{ skill: worldSkillOf.once, key: name, ms: 0 }]);
    must(
      refused.state === 'failed' && refused.error?.code === 'unavailable',
      `it ended ${refused.error?.code ?? refused.state}`,
    );
    must((await effects(name)) === 0, 'it happened');
    disk.free();
    const after = await run([{ skill: worldSkillOf.once, key: key(), ms: 0 }]);
    must(after.state === 'completed', `with space again it ended ${after.state}`);
    return { broken, figures: { whileFull: refused.error?.code } };
  },
);

export const diskRows: readonly Row[] = [brokerFull, databaseFull, ledgerFull];
