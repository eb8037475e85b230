// notify tells once, and can say after a death what may be done.
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@switchboard/contract';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, test } from 'vitest';
import { describeSkill, missing, reconcileSkill, runSkill, setUpNtfy } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(missing !== undefined)('notify', { timeout: 30_000 }, () => {
  const setUp = setUpNtfy();
  describeSkill(skill, setUp);

  const options = (text: string) => ({
    ...setUp,
    input: { text },
    workspace: createSkillWorkspace({}),
    invocationId: `${randomUUID()}-1-1`,
  });

  test('is there once, and found again after a death', async () => {
    const call = options('once');
    const { notes, text } = await runSkill(skill, call);
    expect(text).toBe('The notification is out.');
    expect(notes).toHaveLength(1);
    expect((await setUp.server().messages()).filter(({ message }) => message === 'once')).toHaveLength(1);
    const found = await reconcileSkill(skill, { ...call, noted: notes.at(-1) });
    expect(found).toEqual({ outcome: 'done', output: { via: 'ntfy' } });
  });

  test('a death before anything left: not done; in between: unknown', async () => {
    const call = options('never');
    const died = new Error('the agent died');
    let noted: JsonValue | undefined;
    const onNote = (data: JsonValue): never => {
      noted = data;
      throw died;
    };
    await expect(runSkill(skill, { ...call, onNote })).rejects.toBe(died);
    expect(await reconcileSkill(skill, { ...call, noted: undefined })).toEqual({ outcome: 'not-done' });
    expect(await reconcileSkill(skill, { ...call, noted })).toEqual({ outcome: 'unknown' });
    // The key is the receiver's to heed: the same webhook may be sent again in any case.
    const webhook = { via: 'webhook', leaving: new Date().toISOString() };
    expect(await reconcileSkill(skill, { ...call, noted: webhook })).toEqual({ outcome: 'not-done' });
  });

  test('a way that is not set up is refused', async () => {
    const input = { text: 'x', via: 'webhook' };
    await expect(runSkill(skill, { ...setUp, input })).rejects.toMatchObject({ reason: 'not-set-up' });
  });
});

test.each([
  {},
  { text: '' },
  { text: 'x'.repeat(1_001) },
  { text: 'x', priority: 'now' },
  { text: 'x', tags: ['a b'] },
  { text: 'x', tags: ['a', 'b', 'c', 'd', 'e', 'f'] },
  { text: 'x', link: 'javascript:alert(1)' },
  { text: 'x', via: 'mail' },
  { text: 'x', topic: 'other' },
])('%j is no notification', (input) => {
  expect(contract.input.safeParse(input).success).toBe(false);
});

test('asks with all that is sent', () => {
  const input = contract.input.parse({
    text: 'wet\u200b',
    title: 'Cellar',
    tags: ['warning'],
    link: 'https://example.org/',
  });
  expect(contract.ask?.(input)).toBe(
    'Send this notification:\n\nwet\\u{200b}\n\nWay: any way that is set up here\nTitle: Cellar\nPriority: default\nTags: warning\nLink: https://example.org/',
  );
});
