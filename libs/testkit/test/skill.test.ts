// The test helpers for skills see what is wrong with a skill: each check is shown to fail on a skill that breaks its rule.
import { defineContract, defineHandler, type JsonValue, type Skill, SkillError } from '@switchboard/contract';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeSkill, reconcileSkill, runSkill } from '../src/skill.ts';
import { askProblems, contractProblems } from '../src/skill-problems.ts';

const words = ['say', 'tell', 'speak', 'utter', 'shout', 'whisper', 'sing', 'murmur'];
const contract = defineContract({
  name: 'say-word',
  version: '1.0.0',
  title: 'Say a word',
  description: 'Says a word.',
  tags: ['test'],
  input: z.strictObject({ word: z.string().max(20).describe('word to say') }),
  output: z.strictObject({ said: z.string().describe('what was said') }),
  errors: { rude: 'It is not a word to say.' },
  effects: [],
  repeat: 'safe',
  ingests: 'trusted',
  timeoutMs: 1000,
  utterances: words.map((verb) => `${verb} [the] (word|term) {word}`),
  examples: [{ says: 'say hello', input: { word: 'hello' }, output: { said: 'hello' } }],
  say: ({ said }) => said,
});

const handler = defineHandler(contract, {
  async run(ctx, { word }) {
    if (word === 'rude') throw new SkillError('rude', 'No.');
    if (word === 'other') throw new SkillError('other', 'No.');
    await ctx.note({ word });
    const content = (async function* () {
      yield Buffer.from(word);
    })();
    if (word === 'long') await ctx.artifact({ name: 'long.txt', mediaType: 'text/plain', content });
    return word === 'extra' ? { said: word, more: true } : { said: word };
  },
  async reconcile(_ctx, { word }, noted) {
    return noted === undefined ? { outcome: 'not-done' } : { outcome: 'done', output: { said: word } };
  },
});

const skill: Skill = { contract, handler: { run: handler.run } };
const setup = { adapters: () => ({}) };
const run = (word: unknown, more: Partial<Parameters<typeof runSkill>[1]> = {}) =>
  runSkill(skill, { ...setup, input: { word }, ...more });

describeSkill(skill, setup);

describe('running a skill', () => {
  test('gives what it answered, said, noted and stored', async () => {
    const { output, text, notes, artifacts } = await run('long');
    expect([output, text, notes]).toEqual([{ said: 'long' }, 'long', [{ word: 'long' }]]);
    expect(artifacts).toMatchObject([{ name: 'long.txt', bytes: 4, content: Buffer.from('long') }]);
  });

  test('passes on a refusal that the contract lists, and no other', async () => {
    await expect(run('rude')).rejects.toMatchObject({ code: 'skill-failed', reason: 'rude' });
    await expect(run('other')).rejects.toThrow('"other", which it does not list');
  });

  test('refuses input and output that break the contract, and silence', async () => {
    await expect(run(1)).rejects.toMatchObject({ name: 'ZodError' });
    await expect(run('extra')).rejects.toMatchObject({ name: 'ZodError' });
    await expect(run('  ')).rejects.toThrow('nothing to say');
  });

  test('ends at a note where the test says so, as a death would', async () => {
    const seen: JsonValue[] = [];
    const onNote = (data: JsonValue): void => {
      seen.push(data);
      throw new Error('died');
    };
    await expect(run('hello', { onNote })).rejects.toThrow('died');
    expect(seen).toEqual([{ word: 'hello' }]);
  });

  test('lays out files, and takes the workspace of an earlier run', async () => {
    const { workspace } = await run('hello', { files: { 'a/b.txt': 'x', 'c/': '' } });
    expect((await run('hello', { workspace })).workspace).toBe(workspace);
  });
});

test('reconcile is asked with the note', async () => {
  const full: Skill = { contract, handler };
  const options = { ...setup, input: { word: 'hi' }, workspace: (await run('hi')).workspace };
  expect(await reconcileSkill(full, { ...options, noted: undefined })).toEqual({ outcome: 'not-done' });
  expect(await reconcileSkill(full, { ...options, noted: {} })).toEqual({ outcome: 'done', output: { said: 'hi' } });
  await expect(reconcileSkill(skill, { ...options, noted: {} })).rejects.toThrow('has no reconcile');
});

describe('a contract', () => {
  const { utterances } = contract;
  const said = (utterance: string) => ({ utterances: [...utterances, utterance] });
  const effects = [{ class: 'destructive', on: 'files' }] as const;
  const word = z.string().max(9);

  test('that is sound has no problems', () => {
    expect(contractProblems(skill)).toEqual([]);
  });

  test.each<[string, Partial<Skill['contract']>, string]>([
    ['a slot that is no field', said('say {thing}'), '{thing} is no field of the input'],
    ['a bracket that stays open', said('say [the {word}'), 'the brackets of "say [the {word}" do not match'],
    ['brackets that cross', said('say [a (b|c] {word})'), 'the brackets of "say [a (b|c] {word})" do not match'],
    ['a choice without brackets', said('say|tell {word}'), 'the brackets of "say|tell {word}" do not match'],
    ['an utterance twice', { utterances: [...utterances, ...utterances] }, 'an utterance is there twice'],
    ['no slot for a field it needs', { utterances: words }, 'no utterance has a slot for word'],
    ['no example', { examples: [] }, 'it has no example'],
    ['a field without description', { input: z.strictObject({ word }) }, 'input.word has no description'],
    ['no maximum', { input: z.strictObject({ word: z.string().describe('word') }) }, 'input.word has no maximum'],
    ['a loose input', { input: z.object({ word: word.describe('word') }) }, 'input is not a strict object'],
    ['a loose output', { output: z.looseObject({}) }, 'output is not a strict object'],
    ['no ask', { effects, repeat: 'once' }, 'its effects are asked about, and it has no ask'],
    ['an effect, and safe', { effects, ask: () => '' }, 'repeat is safe exactly where nothing but reading is declared'],
    [
      'reconcilable without reconcile',
      { effects, repeat: 'reconcilable', ask: () => '' },
      'the handler has reconcile exactly where repeat is reconcilable',
    ],
  ])('with %s is found out', (_, change, problem) => {
    expect(contractProblems({ ...skill, contract: { ...contract, ...change } })).toEqual([problem]);
  });

  test('with fewer than eight utterances is not even a contract', () => {
    const few = { ...skill, contract: { ...contract, utterances: ['say {word}'] } };
    expect(() => contractProblems(few)).toThrow('utterances');
  });

  test('whose ask shortens what will be done is found out', () => {
    const asking = { ...contract, ask: (input: { word?: unknown }) => String(input.word).slice(0, 3) };
    expect(askProblems(asking, { word: 'yes' })).toEqual([]);
    expect(askProblems(asking, { word: 'hello' })).toEqual(['ask does not show the whole of word']);
  });
});
