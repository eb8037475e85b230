// The router asks a model over a real broker; the test is the model service. Whatever it does, the rules' answer remains.
import { randomUUID } from 'node:crypto';
import { type Bus, connectBus } from '@switchboard/bus';
import {
  catalogueRevision,
  type ModelReply,
  type ModelRequest,
  noUsage,
  SwitchboardError,
} from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveRoutes } from '../src/serve.ts';
import { smallCatalogue } from './small-catalogue.ts';

const agents = ['workstation', 'messenger', 'business'];
const unsure = 'have a look at the recent correspondence and let anna know';
const usage = { ...noUsage, calls: 1, promptTokens: 300, completionTokens: 12, models: ['small'] };
/** How long the router waits for a choice here. */
const choiceMs = 1_000;

const catalogues = agents.map((agent) => {
  const skills = smallCatalogue
    .filter((entry) => entry.agent === agent)
    .map(({ document }) => ({
      ...document,
      utterances: [...document.utterances, ...Array.from({ length: 8 }, (_, at) => `${document.title} way ${at}`)],
    }));
  return { v: 1 as const, agent, revision: catalogueRevision(skills), skills };
});

let nats: TestNats;
let router: Bus;
let gateway: Bus;
let model: Bus;
beforeAll(async () => {
  nats = await startTestNats({ agents });
  const as = (user: string) => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  [router, gateway, model] = await Promise.all([as('router'), as('gateway'), as('model')]);
  await serveRoutes(router, createLog('router', 'silent'), choiceMs);
  for (const one of catalogues) gateway.publish('catalogue', { agent: one.agent }, one);
  await gateway.flush();
});
afterAll(async () => {
  await Promise.allSettled([router?.close(), gateway?.close(), model?.close()]);
  await nats?.stop();
});

function route(text: string, turn?: string) {
  const catalogue = catalogues.map(({ agent, revision }) => ({ agent, revision }));
  const message = { v: 1 as const, text, recent: [], catalogue };
  const more = turn === undefined ? {} : { model: { turn, said: [] } };
  return gateway.request('route', {}, { ...message, ...more }, { timeoutMs: 20_000, replier: 'router' });
}

const reply = ({ id }: ModelRequest, text: string): ModelReply => ({ v: 1, id, text, stop: 'end', usage });

/** Routes the unsure sentence while the model service answers so; gives what it was asked, too. */
async function routeWith(answer: (request: ModelRequest) => Promise<ModelReply>, turn: string = randomUUID()) {
  const asked: ModelRequest[] = [];
  const service = model.respond('model', async ({ message, parameters }) => {
    expect(parameters.service).toBe('router');
    asked.push(message);
    return answer(message);
  });
  await model.flush();
  try {
    return { asked, decision: await route(unsure, turn) };
  } finally {
    await service.drain();
  }
}

it('does what the model chose, and says what it used', async () => {
  const turn = randomUUID();
  const { asked, decision } = await routeWith(
    async (request) => reply(request, '{"kind":"do","skills":["send-mail","read-file"]}'),
    turn,
  );
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ id: `${turn}-0-1`, purpose: 'route', tools: [], stream: false });
  expect(Date.parse(asked[0]?.deadline ?? '')).toBeLessThanOrEqual(Date.now() + choiceMs);
  expect(decision).toMatchObject({ outcome: 'drive', stage: 'model', usage });
});

it('asks again under the same id for the same turn', async () => {
  const turn = randomUUID();
  const talk = async (request: ModelRequest) => reply(request, '{"kind":"talk","skills":[]}');
  const [one, again] = [await routeWith(talk, turn), await routeWith(talk, turn)];
  expect(one.asked.map(({ id }) => id)).toEqual(again.asked.map(({ id }) => id));
  expect(one.decision).toEqual(again.decision);
});

it.each<[string, (request: ModelRequest) => Promise<ModelReply>, string]>([
  ['garbage', async (request) => reply(request, '%%%'), 'no choice'],
  ['nothing', async (request) => reply(request, ''), 'no choice'],
  ['prose', async (request) => reply(request, 'I would send a mail.'), 'no choice'],
  ['a skill of nobody', async (request) => reply(request, '{"kind":"do","skills":["format-disk"]}'), 'not there'],
  ['another id and half a reply', async () => JSON.parse('{"v":1}'), 'no model could be asked'],
  [
    'that the budget is spent',
    async () => Promise.reject(new SwitchboardError('budget-exceeded', 'The budget of the day is spent')),
    'has been spent',
  ],
  [
    'that every provider is down',
    async () => Promise.reject(new SwitchboardError('unavailable', 'No provider answers')),
    'no model could be asked',
  ],
])('answers by rules when the model says %s', async (_, answer, why) => {
  const { reason, ...rules } = await route(unsure);
  const { asked, decision } = await routeWith(answer);
  expect(asked).toHaveLength(1);
  const said = 'text' in rules ? { text: expect.stringContaining(rules.text) } : {};
  expect(decision).toMatchObject({ ...rules, ...said });
  expect(decision.reason).toContain(reason);
  expect(decision.reason).toContain(why);
});

it('answers by rules when the model takes too long', async () => {
  const rules = await route(unsure);
  const answer = Promise.withResolvers<ModelReply>();
  const service = model.respond('model', () => answer.promise);
  await model.flush();
  const decision = await route(unsure, randomUUID());
  answer.reject(new SwitchboardError('deadline-exceeded', 'Nobody wants it any more'));
  await service.drain();
  expect(decision).toMatchObject({ outcome: rules.outcome, reason: expect.stringContaining('in time') });
});

it('answers by rules at once when no model is here', async () => {
  const rules = await route(unsure);
  const started = performance.now();
  const decision = await route(unsure, randomUUID());
  expect(performance.now() - started).toBeLessThan(choiceMs);
  expect(decision).toMatchObject({ outcome: rules.outcome, reason: expect.stringContaining('no model is here') });
});

it('asks nobody where the rules are sure, nor for talk', async () => {
  const asked: string[] = [];
  const service = model.respond('model', async ({ message }) => {
    asked.push(message.id);
    return reply(message, '{"kind":"talk","skills":[]}');
  });
  await model.flush();
  for (const text of ['read a.txt', '/read-file a.txt', 'hi', 'thanks']) await route(text, randomUUID());
  expect(asked).toEqual([]);
  await service.drain();
});
