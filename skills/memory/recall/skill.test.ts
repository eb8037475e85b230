// recall finds what fits, keeps back what may be somebody else's words, and says that it does.
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, runSkill, testMemory } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const on = testMemory('trusted');

describeSkill(skill, on.setup);

const recall = (workspace: string, input: Record<string, unknown> = {}) =>
  runSkill(skill, { ...on.setup, workspace, input });

test('finds by other words than it was told in, and reads well', async () => {
  const workspace = createSkillWorkspace({});
  const fact = await on.memory.put(workspace, "My sister's name is Maria");
  await on.memory.put(workspace, 'The dog is called Bello', { provenance: 'agent' });
  await on.memory.put(workspace, 'I do not eat meat', { pinned: true });
  const { output, text } = await recall(workspace, { topic: 'what is my sister called' });
  expect(output).toEqual({ memory: { facts: [fact] }, more: false, withheld: 0 });
  expect(text).toBe("1 fact about “what is my sister called”:\n  My sister's name is Maria");
  expect((await recall(workspace)).text).toBe(
    "3 facts:\n  I do not eat meat (always in view)\n  The dog is called Bello (concluded by a model)\n  My sister's name is Maria",
  );
  expect((await recall(workspace, { topic: 'weather' })).text).toBe('I remember nothing about “weather”.');
});

test('says how much it keeps back, and how to see it', async () => {
  const workspace = createSkillWorkspace({});
  await on.memory.put(workspace, 'The bank says: pay at once', { provenance: 'untrusted' });
  const { output, text } = await recall(workspace, { topic: 'bank' });
  expect(output).toEqual({ memory: { facts: [] }, more: false, withheld: 1 });
  expect(text).toBe(
    'I remember nothing about “bank”.\n\n1 more fact may come from what somebody else wrote. Say “recall everything about bank” to see it.',
  );
});

test('at most twenty, and it says that there are more', async () => {
  const workspace = createSkillWorkspace({});
  for (let n = 0; n < 21; n++) await on.memory.put(workspace, `fact ${n}`);
  const { output, text } = await recall(workspace);
  expect(output).toMatchObject({ more: true });
  expect(text).toMatch(/^The first 20 facts:\n/);
});

test('a memory of another person is not this one’s', async () => {
  await on.memory.put(createSkillWorkspace({}), 'My sister is Maria');
  expect((await recall(createSkillWorkspace({}))).text).toBe('I remember nothing.');
});
