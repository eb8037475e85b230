// forget shows exactly what will go, and takes exactly that.
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, runSkill, testMemory } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const on = testMemory('trusted');

describeSkill(skill, on.setup);

const forget = (workspace: string, facts: readonly unknown[]) =>
  runSkill(skill, { ...on.setup, workspace, input: { memory: { facts } } });

test('takes those, leaves the others, and says nothing of what it took', async () => {
  const workspace = createSkillWorkspace({});
  const [maria, bello] = [
    await on.memory.put(workspace, "My sister's name is Maria"),
    await on.memory.put(workspace, 'The dog is called Bello'),
  ];
  const { output, text } = await forget(workspace, [maria]);
  expect([output, text]).toEqual([{ forgotten: 1 }, 'Forgot 1 fact.']);
  expect(await on.memory.all(workspace)).toEqual([bello]);
  expect((await forget(workspace, [maria])).output).toEqual({ forgotten: 1 });
  expect(await on.memory.all(workspace)).toEqual([bello]);
});

test('whoever approves reads every fact whole', async () => {
  const workspace = createSkillWorkspace({});
  const facts = [
    await on.memory.put(workspace, 'x'.repeat(1_000)),
    await on.memory.put(workspace, 'Pay at once', { provenance: 'untrusted' }),
  ];
  expect(contract.ask?.({ memory: { facts } })).toBe(
    `Forget for good:\n  ${'x'.repeat(1_000)}\n  Pay at once (from what somebody else wrote)\n\nThis cannot be undone.`,
  );
});

test('another text than is remembered under that id forgets nothing', async () => {
  const workspace = createSkillWorkspace({});
  const fact = await on.memory.put(workspace, "My sister's name is Maria");
  await expect(forget(workspace, [{ ...fact, text: 'Something harmless' }])).rejects.toMatchObject({
    reason: 'changed',
  });
  expect(await on.memory.all(workspace)).toEqual([fact]);
});

test('nothing to forget is no question', async () => {
  const { error } = contract.input.safeParse({ memory: { facts: [] } });
  expect(error?.issues[0]?.message).toContain('there is nothing to forget');
});
