// send-message sends once, and can say after a death whether it did.
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@switchboard/contract';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, test } from 'vitest';
import { describeSkill, missing, reconcileSkill, runSkill, setUpChat } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const input = { to: 'anna@example.org', text: 'dinner at seven' };

describe.skipIf(missing !== undefined)('send-message', { timeout: 30_000 }, () => {
  const setUp = setUpChat();
  describeSkill(skill, setUp);

  test('notes that it is leaving before it leaves, once', async () => {
    const { notes, text } = await runSkill(skill, { ...setUp, input });
    expect(notes).toEqual([{ leaving: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(text).toBe('The message is on its way to anna@example.org.');
  });

  test.each([
    [{ to: 'anna', text: 'x' }, 'no-address'],
    [{ to: 'anna@example.org, ben@example.org', text: 'x' }, 'no-address'],
    [{ to: 'example.org', text: 'x' }, 'no-address'],
    [{ to: 'agent@example.org', text: 'to myself' }, 'no-address'],
    [{ to: 'anna@example.org', text: 'a\u0000b' }, 'bad-text'],
    [{ to: 'anna@example.org', text: 'a\u001b[2Jb' }, 'bad-text'],
    [{ to: 'anna@example.org', text: 'half \ud83c' }, 'bad-text'],
    [{ to: 'nobody@example.org', text: 'x' }, 'not-delivered'],
  ])('%j is refused with %s', async (bad, reason) => {
    await expect(runSkill(skill, { ...setUp, input: bad })).rejects.toMatchObject({ reason });
  });

  describe('after a death', () => {
    test('before anything left: not done', async () => {
      const options = { ...setUp, input, workspace: createSkillWorkspace({}), invocationId: `${randomUUID()}-1-1` };
      expect(await reconcileSkill(skill, { ...options, noted: undefined })).toEqual({ outcome: 'not-done' });
    });

    test('after it left: done, for the server has it', async () => {
      const options = { ...setUp, input, workspace: createSkillWorkspace({}), invocationId: `${randomUUID()}-1-1` };
      const { notes } = await runSkill(skill, options);
      expect(await reconcileSkill(skill, { ...options, noted: notes.at(-1) })).toEqual({
        outcome: 'done',
        output: { to: 'anna@example.org', delivered: false },
      });
    });

    test('in between: unknown, and nothing proves that it will not arrive', async () => {
      const options = { ...setUp, input, workspace: createSkillWorkspace({}), invocationId: `${randomUUID()}-1-1` };
      const died = new Error('the agent died');
      let noted: JsonValue | undefined;
      const onNote = (data: JsonValue): never => {
        noted = data;
        throw died;
      };
      await expect(runSkill(skill, { ...options, onNote })).rejects.toBe(died);
      expect(await reconcileSkill(skill, { ...options, noted })).toEqual({ outcome: 'unknown' });
    });
  });
});

test('asks with the address and every character in sight', () => {
  const asked = contract.ask?.({ to: 'anna@example.org', text: 'pay\u202e now' });
  expect(asked).toBe('Send this chat message to anna@example.org:\n\npay\\u{202e} now');
});
