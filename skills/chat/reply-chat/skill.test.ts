// reply-chat sends whatever it is given: cut where it is too long, and without what a message cannot carry.
import { describe, expect, test } from 'vitest';
import { carriedText } from '../carried-text.ts';
import { describeSkill, missing, reconcileSkill, runSkill, setUpChat } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(missing !== undefined)('reply-chat', { timeout: 30_000 }, () => {
  const setUp = setUpChat();
  describeSkill(skill, setUp);

  test('takes the longest text that there can be, and the strangest', async () => {
    const text = `a\u0000b\ud83c${'&<>'.repeat(60_000)}`;
    const ran = await runSkill(skill, { ...setUp, input: { address: 'anna@example.org', text } });
    expect(ran.output).toEqual({ delivered: false });
    const { workspace, notes } = ran;
    expect(notes).toHaveLength(1);
    const input = { address: 'anna@example.org', text };
    // Under another id: this one was not sent.
    const found = await reconcileSkill(skill, { ...setUp, input, workspace, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'unknown' });
  });
});

test('is for the gateway alone', () => {
  expect(contract.audience).toBe('gateway');
});

test('a text is cut only where it must be, and says so', () => {
  expect(carriedText('short\u0007', 100)).toBe('short\ufffd');
  const cut = carriedText('𝄞'.repeat(100), 99);
  expect(cut.length).toBeLessThanOrEqual(99);
  expect(cut).toMatch(/^𝄞+\ufffd?\n… \(cut: 200 characters in all\)$/u);
});
