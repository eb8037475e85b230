// Brings the agent that answers wrongly to a stage, for as long as a row needs it.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createApi } from '../load/api.ts';
import { createRandom } from '../random.ts';
import type { Stage } from '../stage/stage.ts';
import { startUntouched } from '../stage/untouched-process.ts';
import { garbler, garbleSkillOf } from './garble-skills.ts';

const knownMsMax = 20_000;
const skillSchema = z.object({ available: z.boolean() });

/** Resolves when every gateway knows it; with what ends it. Throws when one does not hear of it. */
export async function startGarbler(stage: Stage): Promise<() => Promise<void>> {
  const { broker, gateways, run } = stage;
  const helper = startUntouched(join(import.meta.dirname, 'garbler-process.ts'), {
    BUS_PORT: String(broker.port),
    BUS_SEED: broker.seeds[garbler] ?? '',
  });
  await helper.hear(z.object({ ready: z.literal(true) }));
  const api = createApi(stage, createRandom(run));
  const until = Date.now() + knownMsMax;
  for (const gateway of gateways.keys()) {
    for (;;) {
      const { body } = await api.call('GET', `/v1/skills/${garbleSkillOf.safe}`, { gateway });
      if (skillSchema.safeParse(body).data?.available === true) break;
      if (Date.now() > until) throw new Error(`${garbler} is not known`);
      await delay(50);
    }
  }
  return () => helper.stop();
}
