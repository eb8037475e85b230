// How long a single death is felt: from the kill until all that was under way, and one turn more, has ended.
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { inject } from '../storm/inject.ts';
import type { FaultKind } from '../storm/schedule.ts';
import { worldAgent, worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const rounds = 3;
const underWay = 8;
const skillMs = 600;

interface Victim {
  readonly kind: FaultKind;
  readonly target: string;
  readonly msMax: number;
}

const victims: readonly Victim[] = [
  { kind: 'kill', target: worldAgent, msMax: 5_000 },
  { kind: 'kill', target: 'router', msMax: 5_000 },
  { kind: 'kill', target: 'gateway-1', msMax: 5_000 },
  { kind: 'broker-kill', target: 'broker', msMax: 5_000 },
  { kind: 'database-stop', target: 'database', msMax: 10_000 },
];

async function once({ api, key, post, end, stage }: Bench, { kind, target }: Victim): Promise<number> {
  const start = async (): Promise<string> => {
    const input = say([{ skill: worldSkillOf.reconcilable, key: key(), ms: skillMs }]);
    return (await post(await api.createSession(), input)).id;
  };
  const ids = await Promise.all(Array.from({ length: underWay }, start));
  await delay(skillMs / 2);
  const killedAt = performance.now();
  const over = inject(stage, { kind, target, atMs: 0, durationMs: 0 });
  const all = [...ids.map((id) => end(id)), start().then((id) => end(id))];
  const ended = await Promise.all(all);
  const tookMs = Math.round(performance.now() - killedAt);
  await over;
  const other = ended.find(({ state }) => state !== 'completed');
  if (other) throw new Error(`a turn ended ${other.state} after a death of ${target}`);
  return tookMs;
}

export const recoveryRow: Row = {
  id: 'R',
  title: 'after a single death, all that was under way has ended within seconds',
  async run({ stage, say: tell }) {
    const bench = await openBench(await stage());
    const { must, broken } = claims();
    const figures: Record<string, number[]> = {};
    for (const victim of victims) {
      const name = `${victim.kind} ${victim.target}`;
      const took: number[] = [];
      for (let round = 0; round < rounds; round++) {
        took.push(await once(bench, victim));
        await delay(1_000);
      }
      tell(`  ${name}: ${took.join(', ')} ms`);
      must(Math.max(...took) < victim.msMax, `${name}: ${Math.max(...took)} ms`);
      figures[name] = took;
    }
    return { broken, figures };
  },
};
