// An answer on a terminal while it is written: each piece once, and afterwards only what has not been shown.
import { beforeEach, expect, test } from 'vitest';
import { createLiveText, type LiveText } from '../scripts/start/live-text.ts';

let written: string;
let live: LiveText;
beforeEach(() => {
  written = '';
  live = createLiveText((text) => {
    written += text;
  });
});
const piece = (text: string, invocation = 't-1-1', kind: 'note' | 'text' | 'reset' = 'text') => ({
  turn: 't',
  invocation,
  kind,
  text,
});

test('what was shown is not printed again, what comes after it is', () => {
  live.begin();
  live.hear(piece('Good '));
  live.hear(piece('morning.'));
  expect(written).toBe('Good morning.');
  expect(live.end('Good morning.\n\nDone:\n- Created a.txt.')).toBe('\n\nDone:\n- Created a.txt.');
});

test('without a model all of it is printed at the end', () => {
  live.begin();
  live.hear(piece('reading…', 't-1-1', 'note'));
  expect([written, live.end('2 files.')]).toEqual(['', '2 files.']);
});

test('what another attempt says begins on a line of its own, and so does an answer that was not shown', () => {
  live.begin();
  live.hear(piece('I will lo'));
  live.hear(piece('', 't-1-1', 'reset'));
  live.hear(piece('Let me look.'));
  live.hear(piece('Two files.', 't-2-1'));
  expect(written).toBe('I will lo\nLet me look.\nTwo files.');
  expect(live.end('Three files.')).toBe('\nThree files.');
});

test('between turns nothing is shown, and nothing steers the terminal', () => {
  live.hear(piece('another terminal talks'));
  expect(written).toBe('');
  live.begin();
  live.hear(piece('a\u001b[2Jb'));
  expect(written).toBe('a\\u{1b}[2Jb');
});
