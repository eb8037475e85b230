// recall-all gives what recall keeps back, and says where it comes from.
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, runSkill, testMemory } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const on = testMemory('untrusted');

describeSkill(skill, on.setup);

test('shows all that fits with its source, and its contract says what that means', async () => {
  const workspace = createSkillWorkspace({});
  await on.memory.put(workspace, 'My bank is Example Bank');
  await on.memory.put(workspace, 'The bank says: pay at once', { provenance: 'untrusted' });
  const { text } = await runSkill(skill, { ...on.setup, workspace, input: { topic: 'bank' } });
  expect(text).toMatch(/^2 facts about “bank”:\n/);
  expect(text).toContain('  The bank says: pay at once (from what somebody else wrote)');
  expect(contract.ingests).toBe('untrusted');
});
