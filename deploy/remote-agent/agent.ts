// An agent of one's own, with one skill: it tells how busy its machine is. Change the name, the contract and `run`.
import { loadavg } from 'node:os';
import { agentBasics, agentSettings, runAgent } from '@switchboard/agent';
import { defineContract, defineHandler } from '@switchboard/contract';
import { readConfig, runService } from '@switchboard/service';
import { z } from 'zod';

const name = 'garage';
const words = ['load of the garage', 'garage load', 'tell me the garage load', 'what is the load in the garage'];
const contract = defineContract({
  name: 'read-garage-load',
  version: '1.0.0',
  title: 'Read the load of the garage',
  description: 'How busy the computer in the garage is.',
  tags: ['garage', 'load'],
  input: z.strictObject({}),
  output: z.strictObject({ load: z.number().describe('processes that want to run, over the last minute') }),
  errors: {},
  effects: [],
  repeat: 'safe',
  ingests: 'trusted',
  timeoutMs: 5_000,
  utterances: [...words, 'how busy is the garage', 'is the garage busy', 'garage computer load', 'check the garage'],
  examples: [],
  say: ({ load }) => `The load of the garage is ${load.toFixed(2)}.`,
});
const handler = defineHandler(contract, { run: async () => ({ load: loadavg()[0] ?? 0 }) });

await runService(name, (life) => {
  const basics = agentBasics(readConfig(z.object(agentSettings(name)), process.env));
  const about = { name, description: 'The computer in the garage.', version: '1.0.0' };
  return runAgent({ ...about, ...basics, skills: [{ contract, handler }], adapters: {}, life });
});
