// An agent as a process of its own, which tests kill, stop and start again.
import { createVerifier } from '@switchboard/bus';
import { runService } from '@switchboard/service';
import { runAgent } from '../src/index.ts';
import { processSkills, shellAdapter, worldAt } from './test-skills.ts';

const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const name = setting('AGENT');
await runService(name, async (life) => {
  const world = worldAt(setting('WORLD'));
  const skills = processSkills(world);
  await runAgent({
    name,
    description: 'For tests.',
    version: '1.0.0',
    bus: { url: setting('NATS_URL'), seed: setting('BUS_SEED') },
    verifier: createVerifier(setting('GATEWAY_PUBLIC_KEY')),
    skills,
    adapters: shellAdapter,
    unavailable: [{ skill: 'not-here', why: 'it is only a test' }],
    dataDir: setting('DATA_DIR'),
    concurrency: 4,
    life,
  });
});
