// Output of programs as text: nothing of it is lost unsaid, and nothing of it is obeyed.
import { expect, test } from 'vitest';
import { decodeOutput, fitJson, shown, shownExactly } from './output-text.ts';

test('bytes are decoded, and what is no text is said to be missing', () => {
  const decode = (bytes: number[], whole = true) => decodeOutput(Uint8Array.from(bytes), { whole });
  expect(decode([0x61, 0xc3, 0xa4])).toEqual({ text: 'aä', lossy: false });
  expect(decode([0x61, 0xc3], false)).toEqual({ text: 'a', lossy: false });
  expect(decode([0x61, 0xc3])).toEqual({ text: 'a\ufffd', lossy: true });
  expect(decode([0x61, 0x00])).toEqual({ text: 'a\ufffd', lossy: true });
  expect(decode([0xff, 0x00, 0x61])).toEqual({ text: '\ufffd\ufffda', lossy: true });
  expect(decode([0xef, 0xbb, 0xbf, 0x61])).toEqual({ text: '\ufeffa', lossy: false });
});

test('a text is cut to what fits as JSON', () => {
  expect(fitJson('short', 100)).toBe('short');
  for (const character of ['a', '\n', '\u0001', 'ä', '😀', '"']) {
    const fitted = fitJson(character.repeat(1000), 100);
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(100);
    expect(fitted.length).toBeGreaterThan(10);
    expect(fitted.isWellFormed()).toBe(true);
  }
});

test('what is shown obeys no terminal and deceives no reader', () => {
  expect(shown('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('red link');
  expect(shown('\u001b[2J\u001bc\u0007\u009b2J')).toBe('\ufffdc\ufffd\ufffd2J');
  expect(shown('10%\r20%\r\ndone\t!\n')).toBe('10%\n20%\ndone\t!\n');
  expect(shown('a\u202egpj.exe 👩\u200d💻')).toBe('a\ufffdgpj.exe 👩\u200d💻');
});

test('what is asked hides nothing', () => {
  expect(shownExactly('a\tb\nc\u200b\u001b\u2028d\re')).toBe('a\tb\nc\\u{200b}\\u{1b}\\u{2028}d\\u{d}e');
});
