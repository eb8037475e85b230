// Conversations in which a provider, a key or a budget fails, and one that is longer than any window.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindOf, requestText } from './compare.ts';
import { files } from './files.ts';
import { type Place, play } from './play.ts';
import { answer, type Exchange, say } from './recording.ts';
import { found, openTwoModels, person, skillsOf, type TwoModels } from './two-models.ts';
import { openPlace } from './world.ts';

/** It stands in what the provider says back, and must come out nowhere. */
const key = 'sk-canary-4c1f0b7e5d';

let on: TwoModels;
let place: Place & { close(): Promise<void> };
beforeAll(async () => {
  on = await openTwoModels(key);
  await on.begin([]);
  place = await openPlace({ system: on.system, model: on.first });
});
afterAll(async () => {
  await place?.close();
  await on?.close();
});

describe('over the other provider’s wire', () => {
  test.each(files.filter(({ name }) => /found by what|fails is followed|by reference|is missing is asked/.test(name)))(
    '$name',
    { timeout: 60_000 },
    async (conversation) => {
      expect((await play(place, conversation)).join('\n\n')).toBe('');
      on.putNotes();
    },
  );
});

describe('providers', { timeout: 60_000 }, () => {
  const broken = { fault: 'hang-up' } as const;

  test('one that is down: the next one goes on in the middle of the turn', async () => {
    const script = await on.begin([...found, answer(broken)], [say('notes/food.txt.', { sees: ['Step 1 succeeded'] })]);
    const turn = await script.talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'completed' });
    // The book hears of what was used after the answer.
    await waitUntil('both are on the book', async () =>
      (await script.talk.read(turn)).usage?.models.includes('second'),
    );
    expect(skillsOf(turn)).toEqual(['search-files succeeded']);
  });

  test('what is too long for a model is said with less around it', async () => {
    const tooLong = answer({ fault: 'context-too-long' });
    const script = await on.begin([...found, tooLong, say('notes/food.txt.')], [tooLong]);
    const turn = await script.talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'completed' });
  });

  test('a key that is refused is named by its setting, and printed nowhere', async () => {
    const refused = { fault: 'unauthorized' } as const;
    const choice: Exchange = { asks: 'choice', says: refused };
    const script = await on.begin([choice, answer(refused)], [found[0], answer(refused)]);
    const turn = await script.talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(turn).toMatchObject({ state: 'failed', steps: [], error: { code: 'unavailable' } });
    expect(turn.error?.message).toContain('ANTHROPIC_API_KEY');
    const logs = join(on.system.home, 'logs');
    const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
    const audit = await (await on.system.call('GET', '/v1/audit?limit=500')).text();
    expect([...written, audit, JSON.stringify(turn), on.system.output()].filter((text) => text.includes(key))).toEqual(
      [],
    );
    expect(written.join()).toContain('ANTHROPIC_API_KEY');
  });

  test('a stream that is cut is begun again by the next, and the person sees one answer', async () => {
    const cut = answer({ text: 'It is in notes', pieceCharacters: 4, break: { after: 2, how: 'cut' } });
    const script = await on.begin([...found, cut], [say('notes/food.txt.')]);
    const turn = await script.talk.say(person);
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
    const script = await on.begin([found[0], dear]);
    const turn = await script.talk.say(person);
    expect(script.problems()).toEqual([]);
    expect(script.asked()).toEqual([2, 0]);
    expect(turn).toMatchObject({ state: 'failed', error: { code: 'budget-exceeded' } });
    expect(skillsOf(turn)).toEqual(['search-files succeeded']);
    // The next one of the session is not even begun to be thought about; what is explicit needs no model.
    const next = await script.talk.say('hi');
    expect(next).toMatchObject({ state: 'failed', error: { code: 'budget-exceeded' } });
    expect(await script.talk.say('read notes/food.txt')).toMatchObject({ state: 'completed' });
    expect(script.asked()).toEqual([2, 0]);
  });
});

describe('a long session', () => {
  test('of sixty turns costs no more at its end, and what was said first is summed up', {
    timeout: 120_000,
  }, async () => {
    const script = await on.begin([]);
    const bytes: number[] = [];
    let summaries = 0;
    on.first.answer((asked) => {
      if (kindOf(asked) === 'summary') return { text: `Summary ${++summaries}: they greet each other.` };
      bytes.push(asked.promptBytes);
      return { text: `Good morning, number ${bytes.length}. ${'It is a fine day today. '.repeat(20)}` };
    });
    for (let turn = 1; turn <= 60; turn++)
      expect(await script.talk.say('good morning')).toMatchObject({ state: 'completed' });
    const last = on.first.asked.findLast((asked) => kindOf(asked) === 'decision');
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

test('no model answers any more: whatever is said plainly is done all the same', { timeout: 60_000 }, async () => {
  const script = await on.begin([]);
  await Promise.all([on.first.close(), on.second.close()]);
  const unsure = await script.talk.say(person);
  expect(unsure.route?.outcome).not.toBe('drive');
  const plain = await script.talk.say('read notes/food.txt');
  expect(plain).toMatchObject({ state: 'completed', output: { text: expect.stringContaining('Bread, butter.') } });
  expect(await script.talk.say('hi')).toMatchObject({ steps: [] });
});
