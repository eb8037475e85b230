// F14: a thousand sessions of three turns, all at once.
import { setTimeout as delay } from 'node:timers/promises';
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const sessions = 1_000;
const turns = 3;
const drainMsMax = 180_000;

function quantile(sorted: readonly number[], part: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}

export const crowdRow: Row = {
  id: 'F14',
  title: 'a thousand sessions of three turns at once, without an error',
  async run({ stage }) {
    const on = await stage();
    const { api, key } = await openBench(on);
    const { must, broken } = claims();
    const keys: string[] = [];
    const acceptMs: number[] = [];
    const errors: string[] = [];
    const ids = await Promise.all(Array.from({ length: sessions }, () => api.createSession()));
    const startedAt = performance.now();
    const client = async (session: string): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) {
        const name = key();
        const body = { input: say([{ skill: worldSkillOf.once, key: name, ms: 0 }]) };
        const options = { body, headers: { 'idempotency-key': name }, timeoutMs: 60_000 };
        const postedAt = performance.now();
        const answer = await api.call('POST', `/v1/sessions/${session}/turns`, options);
        acceptMs.push(performance.now() - postedAt);
        // 200: it has ended by the time it is answered.
        if (answer.status === 202 || answer.status === 200) keys.push(name);
        else errors.push(`${answer.status}`);
      }
    };
    await Promise.all(ids.map((id) => client(id).catch((error: unknown) => errors.push(String(error)))));
    const acceptedMs = performance.now() - startedAt;
    const store = on.openStore();
    const until = Date.now() + drainMsMax;
    while ((await store.work.claims.countOpen()) > 0 && Date.now() < until) await delay(100);
    const endedMs = performance.now() - startedAt;
    await store.close();
    const { acted } = await on.world.dump();
    must(errors.length === 0, `${errors.length} posts failed, the first with ${errors[0]}`);
    const wrong = keys.filter((name) => acted.get(name) !== 1).length;
    must(wrong === 0, `${wrong} turns did not happen exactly once`);
    const sorted = acceptMs.sort((a, b) => a - b);
    return {
      broken,
      figures: {
        turns: keys.length,
        errors: errors.length,
        acceptedPerSecond: Math.round((keys.length * 1_000) / acceptedMs),
        endedPerSecond: Math.round((keys.length * 1_000) / endedMs),
        acceptMs: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) },
      },
    };
  },
};
