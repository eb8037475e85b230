// What the agent that answers wrongly announces.
import { catalogueRevision, defineContract, describeContract, type Hello } from '@switchboard/contract';
import { z } from 'zod';

export const garbler = 'garbler';
/** By its `repeat`. */
export const garbleSkillOf = { once: 'garble-once', safe: 'garble-safe' } as const;

function document(repeat: keyof typeof garbleSkillOf) {
  const name = garbleSkillOf[repeat];
  const contract = defineContract({
    name,
    version: '1.0.0',
    title: name,
    description: 'Is answered wrongly, in the way that is asked for.',
    tags: [],
    input: z.strictObject({ way: z.string(), load: z.string().optional() }),
    output: z.strictObject({ count: z.int() }),
    errors: {},
    effects: [],
    repeat,
    ingests: 'trusted',
    timeoutMs: 1_000,
    utterances: Array.from({ length: 8 }, (_, index) => `${name} {way} ${index}`),
    examples: [],
    say: ({ count }) => String(count),
  });
  return describeContract(contract);
}

export function garblerHello(id: string): Hello {
  const skills = [document('once'), document('safe')];
  return {
    v: 1,
    type: 'io.nats.micro.v1.info_response',
    name: garbler,
    id,
    version: '1.0.0',
    description: 'An agent of the fault suite that answers wrongly.',
    metadata: {},
    endpoints: [],
    revision: catalogueRevision(skills),
    concurrency: 32,
    skills,
    unavailable: [],
  };
}
