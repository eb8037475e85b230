// A: the agents of every role are killed while they act on real servers: nothing is done twice unseen, nothing is lost.
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Turn, turnSchema } from '@switchboard/contract';
import { tempFolder } from '@switchboard/testkit/temp-folder';
import { type Bench, openBench } from '../load/bench.ts';
import { createRandom } from '../random.ts';
import { type Deed, startOutsideWorld } from '../roles/deeds.ts';
import { openStage, type Stage, workstation } from '../stage/stage.ts';
import { worldAgent } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const deathsOfEach = 8;
const atOnce = 3;
/** Three agents take turns: each lives for some seconds and starts in one. */
const killPauseMs = { min: 1_000, max: 3_000 } as const;
const endMsMax = 180_000;

/** Nobody is there to be asked: what is looked at is what happens after a yes. */
const allowAll = `version: 1
rules:
  - rule: everything
    effect: [read, write, external, destructive, execute]
    decide: allow
`;

interface Done {
  readonly deed: Deed;
  readonly key: string;
  readonly turn: Turn;
}

async function invoke({ api, end }: Bench, deed: Deed, key: string): Promise<Done> {
  const body = { input: deed.input(key) };
  for (;;) {
    const headers = { 'idempotency-key': key };
    const answer = await api.call('POST', `/v1/skills/${deed.skill}/invoke`, { body, headers }).catch(() => undefined);
    if (answer && answer.status < 300) {
      const turn = await end(turnSchema.parse(answer.body).id, endMsMax);
      return { deed, key, turn };
    }
    if (answer && answer.status < 500 && answer.status !== 429) {
      throw new Error(`${deed.skill}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    await delay(100);
  }
}

/** One after another, `atOnce` of each deed side by side, for as long as agents die. */
async function keepDoing(bench: Bench, deed: Deed, over: AbortSignal): Promise<Done[]> {
  const done: Done[] = [];
  const work = async (): Promise<void> => {
    while (!over.aborted) done.push(await invoke(bench, deed, `k${randomUUID()}`));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return done;
}

/** One agent after another; the next one has come back before it is its turn. */
async function killAgents({ agents }: Stage, seed: string): Promise<void> {
  const random = createRandom(seed);
  const victims = agents.filter(({ name }) => name !== worldAgent && name !== workstation);
  for (let death = 0; death < deathsOfEach * victims.length; death++) {
    await delay(random.integer(killPauseMs.min, killPauseMs.max));
    const victim = victims[death % victims.length];
    await victim?.ready();
    await victim?.kill();
  }
}

/** What is wrong with what became of one; undefined when it is as it must be. */
async function whyWrong({ deed, turn, key }: Done): Promise<string | undefined> {
  const end = turn.error?.code ?? turn.state;
  const times = await deed.count?.(key);
  const may = end === 'outcome-unknown' ? [0, 1] : [end === 'completed' ? 1 : 0];
  if (deed.count === undefined) return end === 'completed' ? undefined : `${deed.skill} only looks, and ended ${end}`;
  return may.includes(times ?? 0) ? undefined : `${deed.skill} ended ${end} and happened ${times} times`;
}

const fell = ({ turn }: Done): boolean =>
  turn.steps.length > 1 || turn.steps.some(({ state }) => state === 'unknown' || state === 'interrupted');

async function judge(all: readonly Done[]): Promise<Pick<Awaited<ReturnType<Row['run']>>, 'broken' | 'figures'>> {
  const { must, broken } = claims();
  const wrongs = await Promise.all(all.map(whyWrong));
  broken.push(...wrongs.flatMap((wrong) => wrong ?? []));
  const figures: Record<string, unknown> = {};
  for (const [skill, done] of Map.groupBy(all, ({ deed }) => deed.skill)) {
    const interrupted = done.filter(fell).length;
    // A storm that hits nothing proves nothing.
    must(interrupted > 0, `no ${skill} was interrupted`);
    const ends = Map.groupBy(done, ({ turn }) => turn.error?.code ?? turn.state);
    const seconds = done.map(({ turn }) => (Date.parse(turn.finishedAt ?? '') - Date.parse(turn.createdAt)) / 1_000);
    const slowestSeconds = Math.round(Math.max(...seconds));
    figures[skill] = {
      ...Object.fromEntries([...ends].map(([end, of]) => [end, of.length])),
      interrupted,
      slowestSeconds,
    };
  }
  return { broken, figures };
}

export const rolesRow: Row = {
  id: 'A',
  title: 'agents of every role are killed while they act on real servers',
  async run({ options }) {
    const [world, folder] = await Promise.all([startOutsideWorld(), tempFolder()]);
    const policy = join(folder.path, 'policy.yaml');
    await writeFile(policy, allowAll);
    const stage = await openStage({ gatewayEnv: { POLICY_FILE: policy }, roles: world.settings });
    try {
      const bench = await openBench(stage);
      // What is fetched or unpacked once is there before the first death.
      const first = await Promise.all(world.deeds.map((deed) => invoke(bench, deed, `k${randomUUID()}`)));
      const unfit = first.find(({ turn }) => turn.state !== 'completed');
      if (unfit) throw new Error(`${unfit.deed.skill}: ${JSON.stringify(unfit.turn.error)}`);
      const over = new AbortController();
      const doing = Promise.all(world.deeds.map((deed) => keepDoing(bench, deed, over.signal)));
      await killAgents(stage, `${options.seed} roles`).finally(() => over.abort());
      const all = (await doing).flat();
      const { broken, figures } = await judge(all);
      return { broken, figures: { turns: all.length, deathsOfEach, ...figures, notTried: world.missing } };
    } finally {
      await stage.close();
      await Promise.all([world.stop(), folder.remove()]);
    }
  },
};
