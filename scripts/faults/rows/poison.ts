// F19: a turn that ends its coordinator every time is set aside, and the next one of its session is done.
import { z } from 'zod';
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import type { Stage } from '../stage/stage.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

const deadSchema = z.object({ deadLetters: z.array(z.object({ turnId: z.string() })) });

async function restartGateways(stage: Stage, env: Readonly<Record<string, string>>): Promise<void> {
  for (const gateway of stage.gateways) {
    gateway.setEnv(env);
    await gateway.kill();
  }
  await Promise.all(stage.gateways.map((gateway) => gateway.ready()));
}

export const poisonRow: Row = {
  id: 'F19',
  title: 'a turn that kills every coordinator is set aside; the next one goes on; it can be requeued',
  async run({ stage }) {
    const on = await stage();
    const { api, key, post, end, effects } = await openBench(on);
    const { must, broken } = claims();
    const session = await api.createSession();
    const [first, second] = [key(), key()];
    const ring = (name: string): string => say([{ skill: worldSkillOf.once, key: name, ms: 0 }]);
    const before = on.deaths.length;
    // Dies after the route is decided and before it is stored, every time.
    await restartGateways(on, { SWITCHBOARD_CRASH_AT: 'G4' });
    const poison = await post(session, ring(first));
    const dead = await end(poison.id, 90_000);
    const deaths = on.deaths.slice(before).filter(({ wanted }) => !wanted).length;
    await restartGateways(on, {});
    const next = await end((await post(session, ring(second))).id);
    must(dead.error?.code === 'poison', `it ended ${dead.error?.code ?? dead.state}`);
    must((await effects(first)) === 0, 'it had an effect');
    must(next.state === 'completed', `the next one ended ${next.state}`);
    const listed = deadSchema.parse((await api.call('GET', '/v1/dead-letters')).body);
    must(
      listed.deadLetters.some(({ turnId }) => turnId === poison.id),
      'it is no dead letter',
    );
    await api.call('POST', `/v1/dead-letters/${poison.id}/requeue`);
    const until = Date.now() + 20_000;
    while ((await api.read(poison.id)).state !== 'completed' && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    must((await effects(first)) === 1, 'requeued, it did not happen once');
    return { broken, figures: { coordinatorsThatDied: deaths } };
  },
};
