// F15: work that takes longer than a lease is done once, and a cancel reaches it at once.
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

/** Three leases. */
const longMs = 9_000;
const cancelMsMax = 1_000;

export const patienceRow: Row = {
  id: 'F15',
  title: 'a skill that outlasts three leases is done once; a cancel ends one in a second',
  async run({ stage }) {
    const { api, key, post, end, run, effects } = await openBench(await stage());
    const { must, broken } = claims();
    const name = key();
    const turn = await run([{ skill: worldSkillOf.once, key: name, ms: longMs }]);
    must(
      turn.state === 'completed' && turn.steps.length === 1,
      `it ended ${turn.state} in ${turn.steps.length} attempts`,
    );
    must((await effects(name)) === 1, 'it did not happen once');
    const cancelMs: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { id } = await post(await api.createSession(), say([{ skill: worldSkillOf.once, key: key(), ms: 30_000 }]));
      while ((await api.read(id)).steps.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const askedAt = performance.now();
      await api.call('POST', `/v1/turns/${id}/cancel`, { gateway: round % 2 });
      const canceled = await end(id);
      cancelMs.push(Math.round(performance.now() - askedAt));
      must(canceled.state === 'canceled', `a canceled turn ended ${canceled.state}`);
    }
    must(Math.max(...cancelMs) < cancelMsMax, `a cancel took ${Math.max(...cancelMs)} ms`);
    return { broken, figures: { longMs, cancelMs } };
  },
};
