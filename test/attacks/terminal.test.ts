// What somebody else wrote is shown on the person's terminal, and does not steer it.
import { randomUUIDv7 } from 'node:crypto';
import { type Turn, turnSchema } from '@switchboard/contract';
import { expect, test } from 'vitest';
import { plainText } from '../../scripts/client/plain-text.ts';
import { outputText, questionText } from '../../scripts/start/prompt.ts';

const attacks: readonly [what: string, text: string, shown: string][] = [
  ['clears the screen', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
  ['sets the title', '\u001b]0;sudo\u0007', '\\u{1b}]0;sudo\\u{7}'],
  ['writes the clipboard', '\u001b]52;c;cm0gLXJm\u001b\\', '\\u{1b}]52;c;cm0gLXJm\\u{1b}\\'],
  ['makes a link of another', '\u001b]8;;http://evil\u001b\\ok', '\\u{1b}]8;;http://evil\\u{1b}\\ok'],
  ['does so in eight bits', '\u009b2J\u009d0;x\u009c', '\\u{9b}2J\\u{9d}0;x\\u{9c}'],
  ['writes over the line', 'delete all\rread one', 'delete all\\u{d}read one'],
  ['takes letters back', 'rm -rf\u0008\u0008ls\u007f', 'rm -rf\\u{8}\\u{8}ls\\u{7f}'],
  ['turns the order', 'photo\u202egnp.exe', 'photo\\u{202e}gnp.exe'],
  ['isolates', '\u2066a\u2069\u200f', '\\u{2066}a\\u{2069}\\u{200f}'],
  ['breaks the line in its own way', 'a\u2028b\u0085c', 'a\\u{2028}b\\u{85}c'],
];

test.each(attacks)('a text that %s is shown as its characters', (_, text, shown) => {
  expect(plainText(text)).toBe(shown);
  expect(plainText(shown)).toBe(shown);
});

test.each(['a\tb\nc', 'é 日本 👩‍👩‍👧 اقرأ', '\\u{1b}'])('%j is left as it is', (text) => {
  expect(plainText(text)).toBe(text);
});

function turnSaying(text: string, more: Partial<Turn> = {}): Turn {
  const id = randomUUIDv7();
  const at = new Date().toISOString();
  const artifact = { id, name: text, mediaType: 'text/plain', bytes: 1, sha256: '0'.repeat(64), href: text };
  return {
    id,
    sessionId: id,
    state: 'completed',
    input: 'x',
    dryRun: false,
    steps: [],
    createdAt: at,
    output: { text, artifacts: [artifact] },
    question: { id, kind: 'choice', text, choices: [{ id: 'one', label: text }], askedAt: at, expiresAt: at },
    ...more,
  };
}

test.each(attacks)(
  'the prompt says nothing that %s: not an answer, a question, a choice, an error or a name',
  (_, text) => {
    const turn = turnSaying(text);
    expect(turnSchema.safeParse({ ...turn, output: undefined, question: undefined }).success).toBe(true);
    const { output: _without, ...failed } = turnSaying(text, {
      state: 'failed',
      error: { code: 'skill-failed', message: text },
    });
    for (const said of [outputText(turn), questionText(turn), outputText(failed)]) {
      expect(said).toBe(plainText(said));
      expect(said).toContain(plainText(text));
    }
  },
);
