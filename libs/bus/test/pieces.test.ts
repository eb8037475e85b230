// An answer that comes in pieces: in order, before the answer, and to nobody but who asked.
import { randomUUID } from 'node:crypto';
import { setTimeout as paced } from 'node:timers/promises';
import { type ModelPiece, type ModelReply, type ModelRequest, noUsage, SwitchboardError } from '@switchboard/contract';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bus, connectBus } from '../src/index.ts';

let nats: TestNats;
let model: Bus;
let agent: Bus;
let router: Bus;
beforeAll(async () => {
  nats = await startTestNats({ agents: ['workstation'] });
  const as = (user: string) => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  [model, agent, router] = await Promise.all([as('model'), as('workstation'), as('router')]);
});
afterAll(async () => {
  await Promise.all([model?.close(), agent?.close(), router?.close()]);
  await nats?.stop();
});

function request(text: string): ModelRequest {
  return {
    v: 1,
    id: `${randomUUID()}-1-1`,
    purpose: 'decide',
    system: '',
    messages: [{ role: 'user', text }],
    tools: [],
    outputTokensMax: 100,
    stream: true,
    deadline: new Date(Date.now() + 10_000).toISOString(),
  };
}

const reply = (id: string, text: string): ModelReply => ({ v: 1, id, text, stop: 'end', usage: noUsage });

test('pieces come in order and before the answer, each to who asked', async () => {
  const answering = model.respond('model', async ({ message, parameters }, say) => {
    for (const word of ['one ', 'two ', 'three']) say({ v: 1, text: `${parameters.service} ${word}` });
    return reply(message.id, 'one two three');
  });
  await model.flush();
  const ask = async (bus: Bus, service: string) => {
    const pieces: ModelPiece[] = [];
    const question = request('count');
    const answer = await bus.request('model', { service }, question, {
      replier: 'model',
      timeoutMs: 5_000,
      onPiece: (piece) => pieces.push(piece),
    });
    return { text: answer.text, pieces: pieces.map((piece) => ('text' in piece ? piece.text : 'reset')) };
  };
  const [one, other] = await Promise.all([ask(agent, 'workstation'), ask(router, 'router')]);
  const said = (who: string) => ({
    text: 'one two three',
    pieces: [`${who} one `, `${who} two `, `${who} three`],
  });
  expect([one, other]).toEqual([said('workstation'), said('router')]);
  await answering.drain();
});

test('whoever still writes is waited for, and silence is not', async () => {
  const words = ['one', 'two', 'three', 'four', 'five'];
  const answering = model.respond('model', async ({ message }, say) => {
    const [{ text = '' } = {}] = message.messages;
    for (const word of words) {
      await paced(250);
      if (text === 'aloud') say({ v: 1, text: word });
    }
    return reply(message.id, words.join(' '));
  });
  await model.flush();
  const ask = (text: string) =>
    agent.request('model', { service: 'workstation' }, request(text), {
      replier: 'model',
      timeoutMs: 1_000,
      onPiece: () => undefined,
    });
  const [aloud, silent] = await Promise.allSettled([ask('aloud'), ask('in silence')]);
  expect(aloud).toMatchObject({ status: 'fulfilled', value: { text: 'one two three four five' } });
  expect(silent).toMatchObject({ status: 'rejected', reason: { kind: 'timeout' } });
  await answering.drain();
});

test('what is no piece of this subject is not passed on, and a refusal after pieces is a refusal', async () => {
  const answering = model.respond('model', async (_, say) => {
    say({ v: 1, text: 'half' });
    say({ v: 2, words: 'of another version' } as never);
    throw new SwitchboardError('budget-exceeded', 'Nothing is left for today');
  });
  await model.flush();
  const pieces: ModelPiece[] = [];
  const call = agent.request('model', { service: 'workstation' }, request('go on'), {
    replier: 'model',
    timeoutMs: 5_000,
    onPiece: (piece) => pieces.push(piece),
  });
  await expect(call).rejects.toMatchObject({ kind: 'refused', info: { code: 'budget-exceeded' } });
  expect(pieces).toEqual([{ v: 1, text: 'half' }]);
  await answering.drain();
});

test('nobody asks in the name of another: the broker does not let them', async () => {
  const call = agent.request('model', { service: 'router' }, request('as the router'), {
    replier: 'model',
    timeoutMs: 500,
  });
  await expect(call).rejects.toMatchObject({ kind: 'timeout' });
});
