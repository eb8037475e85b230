// Asking over the bus when whoever answers is away for good, or says that it cannot now.
import { type Bus, connectBus } from '@switchboard/bus';
import { type ModelRequest, SwitchboardError } from '@switchboard/contract';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../src/ask.ts';
import { agentName } from './invocations.ts';
import { question, usage } from './next-bench.ts';

let nats: TestNats;
let model: Bus;
let agent: Bus;
let answer: () => string;
beforeAll(async () => {
  nats = await startTestNats({ agents: [agentName] });
  const connectAs = (user: string): Promise<Bus> =>
    connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  [model, agent] = await Promise.all([connectAs('model'), connectAs(agentName)]);
});
afterAll(async () => {
  await Promise.all([model.close(), agent.close()]);
  await nats.stop();
});

const { turn, deadline } = question('hi');
const request: ModelRequest = {
  v: 1,
  id: `${turn}-1-1`,
  purpose: 'decide',
  system: '',
  messages: [{ role: 'user', text: 'hi' }],
  tools: [],
  outputTokensMax: 100,
  stream: false,
  deadline,
};
let retries = 0;
const options = (awayMsMax: number) => ({
  replier: 'model',
  tryMsMax: 5_000,
  awayMsMax,
  isFinal: ({ code }: { code: string }) => code !== 'overloaded',
  onRetry: () => {
    retries += 1;
  },
  signal: AbortSignal.timeout(20_000),
});

test('who is away for too long is said to be unavailable', async () => {
  retries = 0;
  const asked = ask(agent, 'model', { service: agentName }, request, options(300));
  await expect(asked).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('nobody listens'),
  });
  expect(retries).toBeGreaterThanOrEqual(2);
});

test('who is overloaded is asked again, and whose word is final is not', async () => {
  let asked = 0;
  model.respond('model', async ({ message: { id } }) => {
    asked += 1;
    return { v: 1 as const, id, text: answer(), stop: 'end' as const, usage };
  });
  await model.flush();
  answer = () => {
    if (asked < 3) throw new SwitchboardError('overloaded', 'not now');
    return 'Hello';
  };
  expect(await ask(agent, 'model', { service: agentName }, request, options(10_000))).toMatchObject({ text: 'Hello' });
  expect(asked).toBe(3);
  answer = () => {
    throw new SwitchboardError('unavailable', 'No model answers');
  };
  await expect(ask(agent, 'model', { service: agentName }, request, options(10_000))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('No model answers'),
  });
  expect(asked).toBe(4);
});
