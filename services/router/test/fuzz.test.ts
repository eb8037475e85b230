// Any text gets a decision in the contract's words, in bounded time: seeded noise, and the classics.
import { inputCharactersMax, modelRequestSchema, routeDecisionSchema } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { explain } from '../src/model/answer.ts';
import { writeQuestion } from '../src/model/prompt.ts';
import { loadCatalogue, loadQueries } from './evaluate.ts';
import { ask } from './small-catalogue.ts';

const office = loadCatalogue('office');
/** Generous, because the machine may be busy: what must not happen is seconds. */
const msMax = 2_000;

/** mulberry32: a seeded stream of numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function decideIn(text: string): void {
  const started = performance.now();
  const decision = ask(text, { recent: [{ skill: 'read-file', input: { path: 'a.txt' } }] }, office);
  expect(performance.now() - started).toBeLessThan(msMax);
  expect(routeDecisionSchema.safeParse(decision).error).toBeUndefined();
  leaveToModel(text);
}

/** The same where a model is here: what it would be given, and what it would be asked. */
function leaveToModel(text: string): void {
  const said = [{ role: 'person' as const, text: text.slice(0, 300) }];
  const request = { v: 1 as const, text, recent: [], model: { said } };
  const started = performance.now();
  const decision = explain(request, office);
  expect(performance.now() - started).toBeLessThan(msMax);
  expect(routeDecisionSchema.safeParse(decision).error).toBeUndefined();
  if (decision.outcome !== 'drive' || decision.skills.length === 0) return;
  const turn = '0195b6e8-7d3c-7000-8000-000000000001';
  const { question } = writeQuestion(request, turn, office.skills.slice(0, 12));
  const whole = { ...question, deadline: new Date().toISOString() };
  expect(modelRequestSchema.safeParse(whole).error).toBeUndefined();
}

const fill = (piece: string): string =>
  piece.repeat(Math.ceil(inputCharactersMax / piece.length)).slice(0, inputCharactersMax);

describe('any text', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \t\r\n\u00a0'],
    ['control characters', '\u0000\u0001\u001b[31mdelete a.txt\u0007'],
    ['right to left', '\u202eread a.txt\u202c مرحبا'],
    ['prototype words', 'constructor __proto__ toString hasOwnProperty valueOf'],
    ['a lone surrogate', 'read \ud800 a.txt \udfff'],
    ['regex', '^(a+)+$ (?:x|x)*{9999} [[[[ \\'],
    ['pattern syntax', 'read {path} [the] (file|folder) | }{ )('],
    ['json', '/read-file {"path":'],
    ['an unclosed quote', 'write "milk to a.txt'],
    [
      'a long text to write',
      `write ${'buy milk and eggs, then bread; '.repeat(300)} to a.txt`.slice(0, inputCharactersMax),
    ],
    ['one word', fill('a')],
    ['one word, many times', fill('delete ')],
    ['joiners', fill('and then ')],
    ['orders', fill('read a.txt and then ')],
    ['quotes', fill('" \' ` “ ” ')],
    ['apostrophes', fill("'s 't ")],
    ['brackets', fill('({[<')],
    ['deep json', `/read-file ${'{"a":'.repeat(1600)}`],
    ['dots', fill('a.')],
    ['slashes', fill('../')],
    ['numbers', fill('12 ')],
    ['commas', fill('a.txt, ')],
    ['punctuation before a letter', `${'.'.repeat(inputCharactersMax - 1)}a`],
    ['brackets before a letter', `${')'.repeat(inputCharactersMax - 1)}a`],
    ['a name that never gets its value', `/read-file ${'a'.repeat(9000)}`],
    ['spaces in a list', `merge the pdfs a.pdf${' '.repeat(9000)}b.pdf`],
    ['one long quote', `write "${'milk, '.repeat(1500)}" to a.txt`],
    ['emoji', fill('👩‍👩‍👧‍👦 ')],
    ['ideographs', fill('读取文件')],
    ['combining marks', fill('e\u0301\u0301\u0301')],
  ])('%s', (_, text) => {
    decideIn(text.slice(0, inputCharactersMax));
  });

  it('noise made of the catalogue’s own words, with seed 7', () => {
    const random = numbers(7);
    const words = [
      ...loadQueries('office').flatMap((query) => query.text.split(' ')),
      ...[
        '{',
        '}',
        '[',
        ')',
        '|',
        '"',
        "'",
        ';',
        ',',
        '\n',
        '/',
        '@',
        '\u0000',
        'and',
        'then',
        'it',
        "don't",
        'a/b.txt',
        '7',
      ],
    ];
    for (let round = 0; round < 150; round++) {
      const length = 1 + Math.floor(random() * 25);
      const text = Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(
        random() < 0.1 ? '' : ' ',
      );
      decideIn(text);
    }
  });

  it('any characters, with seed 11', () => {
    const random = numbers(11);
    for (let round = 0; round < 100; round++) {
      const codes = Array.from({ length: Math.floor(random() * 200) }, () =>
        Math.floor(random() * (random() < 0.7 ? 128 : 65_536)),
      );
      decideIn(String.fromCharCode(...codes));
    }
  });
});
