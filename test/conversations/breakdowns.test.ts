// Conversations in which something breaks: providers, keys, budgets, processes, and a history larger than any window.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Turn, turnSchema } from '@switchboard/contract';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Talk, talkTo } from '../system/talk.ts';
import { kindOf, requestText } from './compare.ts';
import { files } from './files.ts';
import { follow, type Place, play } from './play.ts';
import { answer, call, choose, type Exchange, say } from './recording.ts';
import { modelIsHere, openPlace } from './world.ts';

/** It stands in what the provider says back, and must come out nowhere. */
const key = 'sk-canary-4c1f0b7e5d';
const person = 'Which of my notes says something about bread?';
const found = [choose('search-files', 'read-file'), call('search-files', { query: 'bread' })] as const;
const long = Array.from({ length: 60 }, (_, n) => `word ${n}`).join(', ');
/** Some three seconds of writing. */
const slowly = answer({ text: long, pieceCharacters: 6, betweenMs: 40 });

let folder: TempFolder;
let first: ModelServer;
let second: ModelServer;
let system: System;
let place: Place & { close(): Promise<void> };
let talk: Talk;

beforeAll(async () => {
  [folder, first, second] = await Promise.all([tempFolder(), startModelServer({ key }), startModelServer()]);
  const price = { input: 1, output: 5 };
  const models = [
    { name: 'first', api: 'anthropic', baseUrl: first.url, model: 'one', key: 'ANTHROPIC_API_KEY' },
    { name: 'second', api: 'openai', baseUrl: second.openaiUrl, model: 'two' },
  ].map((model) => ({ ...model, contextTokens: 32_000, price }));
  // JSON is YAML.
  writeFileSync(join(folder.path, 'models.yaml'), JSON.stringify({ models }));
  writeFileSync(join(folder.path, 'key'), key);
  system = await startSystem({
    home: join(folder.path, 'home'),
    env: {
      MODELS_FILE: join(folder.path, 'models.yaml'),
      ANTHROPIC_API_KEY_FILE: join(folder.path, 'key'),
      MODEL_USD_DAY: '1000',
      MODEL_USD_PRINCIPAL_DAY: '1000',
      MODEL_USD_SESSION: '2',
    },
  });
  await modelIsHere(system);
  place = await openPlace({ system, model: first });
  await place.prepare({ name: '', files: { 'notes/food.txt': 'Bread, butter.' }, turns: [], after: {} });
});
afterAll(async () => {
  await place?.close();
  await system?.close();
  await Promise.all([first?.close(), second?.close()]);
  await folder?.remove();
});

/** A new session, and from now on these answers of the two models. */
async function begin(ofFirst: readonly Exchange[], ofSecond: readonly Exchange[] = []) {
  await modelIsHere(system);
  talk = await talkTo(system);
  const scripts = [follow(first, ofFirst, new Map()), follow(second, ofSecond, new Map())];
  const [before, beside] = [first.asked.length, second.asked.length];
  return {
    /** Requests since. */
    asked: () => [first.asked.length - before, second.asked.length - beside],
    problems: () => [
      ...scripts.flatMap(({ problems }) => problems),
      ...scripts.flatMap((script) => script.left().map((exchange) => `not asked for: ${JSON.stringify(exchange)}`)),
    ],
  };
}

const over = ['completed', 'failed', 'canceled', 'rejected'];

/** Reads it until it ends, also from a gateway that has died in between. */
function ended(turn: Turn): Promise<Turn> {
  return waitUntil(
    'the end of the turn',
    async () => {
      const read = await talk.read(turn).catch(() => undefined);
      return read && over.includes(read.state) ? read : undefined;
    },
    60_000,
  );
}

const isWriting = (): Promise<unknown> => waitUntil('a model that writes', () => first.open() === 1, 20_000);
const skills = ({ steps }: Turn): string[] => steps.map(({ skill, state }) => `${skill} ${state}`);

describe('over the other provider’s wire', () => {
  test.each(files.filter(({ name }) => /found by what|fails is followed|by reference|is missing is asked/.test(name)))(
    '$name',
    { timeout: 60_000 },
    async (conversation) => {
      expect((await play(place, conversation)).join('\n\n')).toBe('');
      await place.prepare({ name: '', files: { 'notes/food.txt': 'Bread, butter.' }, turns: [], after: {} });
    },
  );
});

describe('providers', { timeout: 60_000 }, () => {
  const broken = { fault: 'hang-up' } as const;

  test('one that is down: the next one goes on in the middle of the turn', async () => {
    const script = await begin([...found, answer(broken)], [say('notes/food.txt.', { sees: ['Step 1 succeeded'] })]);
    const turn = await talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'completed' });
    // The book hears of what was used after the answer.
    await waitUntil('both are on the book', async () => (await talk.read(turn)).usage?.models.includes('second'));
    expect(skills(turn)).toEqual(['search-files succeeded']);
  });

  test('what is too long for a model is said with less around it', async () => {
    const tooLong = answer({ fault: 'context-too-long' });
    const script = await begin([...found, tooLong, say('notes/food.txt.')], [tooLong]);
    const turn = await talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'completed' });
  });

  test('a key that is refused is named by its setting, and printed nowhere', async () => {
    const refused = { fault: 'unauthorized' } as const;
    const choice: Exchange = { asks: 'choice', says: refused };
    const script = await begin([choice, answer(refused)], [found[0], answer(refused)]);
    const turn = await talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'failed', steps: [], error: { code: 'unavailable' } });
    expect(turn.error?.message).toContain('ANTHROPIC_API_KEY');
    const logs = join(system.home, 'logs');
    const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
    const audit = await (await system.call('GET', '/v1/audit?limit=500')).text();
    expect([...written, audit, JSON.stringify(turn), system.output()].filter((text) => text.includes(key))).toEqual([]);
    expect(written.join()).toContain('ANTHROPIC_API_KEY');
  });

  test('a stream that is cut is begun again by the next, and the person sees one answer', async () => {
    const cut = answer({ text: 'It is in notes', pieceCharacters: 4, break: { after: 2, how: 'cut' } });
    const script = await begin([...found, cut], [say('notes/food.txt.')]);
    const turn = await talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn.output?.text).toMatch(/^notes\/food\.txt\./);
  });
});

describe('money', { timeout: 60_000 }, () => {
  test('a budget that is spent in the middle ends the turn before anything more is spent', async () => {
    const dear = answer({
      call: { tool: 'search-files', arguments: { query: 'bread' } },
      usage: { promptTokens: 2_100_000, completionTokens: 10 },
    });
    const script = await begin([found[0], dear]);
    const turn = await talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([2, 0]);
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'budget-exceeded' } });
    expect(skills(turn)).toEqual(['search-files succeeded']);
    // The next one of the session is not even begun to be thought about; what is explicit needs no model.
    const next = await talk.say('hi');
    expect(next).toMatchObject({ state: 'failed', error: { code: 'budget-exceeded' } });
    expect(await talk.say('read notes/food.txt')).toMatchObject({ state: 'completed' });
    expect(script.asked()).toEqual([2, 0]);
  });
});

describe('a long session', () => {
  test('of sixty turns costs no more at its end, and what was said first is summed up', {
    timeout: 120_000,
  }, async () => {
    await begin([]);
    const bytes: number[] = [];
    let summaries = 0;
    first.answer((asked) => {
      if (kindOf(asked) === 'summary') return { text: `Summary ${++summaries}: they greet each other.` };
      bytes.push(asked.promptBytes);
      return { text: `Good morning, number ${bytes.length}. ${'It is a fine day today. '.repeat(20)}` };
    });
    for (let turn = 1; turn <= 60; turn++) expect(await talk.say('good morning')).toMatchObject({ state: 'completed' });
    const last = first.asked.findLast((asked) => kindOf(asked) === 'decision');
    const told = last ? requestText(last) : '';
    expect(told).toContain('Good morning, number 59.');
    expect(told).toContain(`Summary ${summaries}: they greet each other.`);
    expect(told).not.toContain('Good morning, number 1.');
    expect(bytes).toHaveLength(60);
    expect(summaries).toBeGreaterThan(2);
    expect(summaries).toBeLessThanOrEqual(10);
    expect(Math.max(...bytes.slice(40))).toBeLessThan(1.1 * Math.max(...bytes.slice(15, 40)));
    expect(Math.max(...bytes)).toBeLessThan(12_000);
  });
});

describe('while a model writes', { timeout: 90_000 }, () => {
  test('a cancel ends the turn at once, and the model’s request too', async () => {
    const script = await begin([...found, slowly]);
    const accepted = await talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await system.call('POST', `/v1/turns/${accepted.id}/cancel`, undefined, { 'idempotency-key': randomUUID() });
    expect(await ended(accepted)).toMatchObject({ state: 'canceled' });
    await waitUntil('nobody listens to the model', () => first.open() === 0, 2_000);
  });

  test('the gateway is killed: the turn is completed, and nothing is asked or done twice', async () => {
    const script = await begin([...found, slowly]);
    const accepted = await talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting();
    process.kill(system.pidOf('gateway'), 'SIGKILL');
    const turn = await ended(accepted);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([3, 0]);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(turn.output?.text).toContain('word 59');
    expect(skills(turn)).toEqual(['search-files succeeded']);
  });

  test('the agent that leads is killed: its next process gets the answer that was paid for', async () => {
    const script = await begin([...found, slowly]);
    const accepted = await talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting();
    process.kill(system.pidOf('agent-workstation'), 'SIGKILL');
    const turn = await ended(accepted);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([3, 0]);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(turn.output?.text).toContain('word 59');
  });

  test('the model service is killed: it is asked anew, and nothing is done twice', async () => {
    const script = await begin([...found, slowly, say('notes/food.txt.')]);
    const accepted = await talk.post(person);
    await waitUntil('the last question', () => script.asked()[0] === 3, 20_000);
    await isWriting();
    process.kill(system.pidOf('services/model'), 'SIGKILL');
    const turn = await ended(accepted);
    expect(turn).toMatchObject({ state: 'completed' });
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([4, 0]);
    expect(turn.output?.text).toMatch(/^notes\/food\.txt\./);
    expect(skills(turn)).toEqual(['search-files succeeded']);
  });
});

test('no model answers any more: whatever is said plainly is done all the same', { timeout: 60_000 }, async () => {
  await begin([]);
  await Promise.all([first.close(), second.close()]);
  const unsure = turnSchema.parse(await talk.say(person));
  expect(unsure.route?.outcome).not.toBe('drive');
  const plain = await talk.say('read notes/food.txt');
  expect(plain).toMatchObject({ state: 'completed', output: { text: expect.stringContaining('Bread, butter.') } });
  expect(await talk.say('hi')).toMatchObject({ steps: [] });
});
