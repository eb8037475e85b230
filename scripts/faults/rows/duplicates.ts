// F13: the same key from everywhere at once makes one turn, and another request under it is refused.
import { z } from 'zod';
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const keys = 50;
const parallel = 20;
const turnSchema = z.object({ id: z.string() });

export const duplicatesRow: Row = {
  id: 'F13',
  title: 'twenty posts of one key at once, over both gateways, make one turn',
  async run({ stage }) {
    const { api, key, end, effects } = await openBench(await stage());
    const { must, broken } = claims();
    const session = await api.createSession();
    let mismatches = 0;
    for (let round = 0; round < keys; round++) {
      const name = key();
      const headers = { 'idempotency-key': name };
      const path = `/v1/sessions/${session}/turns`;
      const body = { input: say([{ skill: worldSkillOf.once, key: name, ms: 0 }]) };
      const post = () => api.call('POST', path, { body, headers, timeoutMs: 20_000 });
      const answers = await Promise.all(Array.from({ length: parallel }, post));
      const ids = new Set(answers.map((answer) => turnSchema.parse(answer.body).id));
      must(ids.size === 1, `one key was answered with ${ids.size} turns`);
      const fresh = answers.filter(({ replayed }) => !replayed).length;
      must(fresh === 1, `one key was new ${fresh} times`);
      const other = { input: say([{ skill: worldSkillOf.once, key: key(), ms: 0 }]) };
      const refused = await api.call('POST', path, { body: other, headers });
      must(refused.status === 422, `another request under the key was answered ${refused.status}`);
      if (refused.status === 422) mismatches++;
      for (const id of ids) await end(id);
      must((await effects(name)) === 1, `one key had ${await effects(name)} effects`);
    }
    return { broken, figures: { keys, posts: keys * parallel, mismatchesRefused: mismatches } };
  },
};
