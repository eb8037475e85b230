// An agent that acts on the outside world, hosted as every other agent is.
import { runAgent } from '@switchboard/agent';
import { createVerifier } from '@switchboard/bus';
import { readConfig, runService } from '@switchboard/service';
import { z } from 'zod';
import { connectWorld } from './world.ts';
import { worldAgent, worldSkills } from './world-skills.ts';

const settings = z.object({
  NATS_URL: z.url(),
  BUS_SEED: z.string(),
  GATEWAY_PUBLIC_KEY: z.string(),
  DATA_DIR: z.string(),
  WORLD_HOST: z.string().default('127.0.0.1'),
  WORLD_PORT: z.coerce.number(),
  WORLD_RUN: z.string(),
  CONCURRENCY: z.coerce.number().default(8),
  /** Of its contracts: another one is another agent than the plan was made for. */
  SKILL_VERSION: z.string().default('1.0.0'),
  SKILL_TIMEOUT_MS: z.coerce.number().default(60_000),
});

await runService(worldAgent, async (life) => {
  const config = readConfig(settings, process.env);
  const world = await connectWorld({ host: config.WORLD_HOST, port: config.WORLD_PORT, run: config.WORLD_RUN });
  await runAgent({
    name: worldAgent,
    description: 'Acts on the outside world of the fault suite.',
    version: '1.0.0',
    bus: { url: config.NATS_URL, seed: config.BUS_SEED },
    verifier: createVerifier(config.GATEWAY_PUBLIC_KEY),
    ...worldSkills(world, config.SKILL_VERSION, config.SKILL_TIMEOUT_MS),
    dataDir: config.DATA_DIR,
    concurrency: config.CONCURRENCY,
    life,
  });
});
