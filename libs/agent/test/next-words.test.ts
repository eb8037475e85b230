// A call that a model wrote as its answer: recognised in every dress, and in no time whatever else it wrote.
import { expect, test } from 'vitest';
import { isCallInWords } from '../src/next/call-in-words.ts';

const call = '{"name":"read-file","arguments":{"path":"a.txt"}}';
const isCall = (text: string): boolean => isCallInWords(text, ['read-file']);

test.each([
  ['bare', call],
  ['in a fence', `\`\`\`\n${call}\n\`\`\``],
  ['in a fence of JSON', `\`\`\`json\n${call}\n\`\`\``],
  ['in a tag', ` <tool_call> ${call} </tool_call>\n`],
])('a call %s is one', (_, text) => expect(isCall(text)).toBe(true));

test.each([
  ['words', 'Read it with {"name":"read-file"}'],
  ['a call of what is not offered', '{"name":"launch-rocket"}'],
  ['a lone fence', '```'],
  ['a fence with nothing in it', '``````'],
  ['a fence that is not closed', `\`\`\`json\n${call}`],
  ['broken JSON', '```json\n{"name":"read-file"\n```'],
])('%s is none', (_, text) => expect(isCall(text)).toBe(false));

// As long as an answer may be.
test.each([
  ['spaces in a fence', (length: number) => `\`\`\`${' '.repeat(length)}x`],
  ['lines in a tag', (length: number) => `<tool_call>${'\n'.repeat(length)}`],
  ['fences', (length: number) => '```'.repeat(length / 3)],
  ['braces', (length: number) => '{"a":'.repeat(length / 5)],
])('20,000 characters of %s are read at once', (_, write) => {
  const startedAt = performance.now();
  expect(isCall(write(20_000))).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(100);
});
