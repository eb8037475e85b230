// remember keeps one fact, once, in one line.
import { randomUUIDv7 } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSkillWorkspace, describeSkill, runSkill, testMemory } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const on = testMemory('trusted');

describeSkill(skill, on.setup);

const remember = (workspace: string, statement: string, more: Record<string, unknown> = {}, invocationId?: string) =>
  runSkill(skill, {
    ...on.setup,
    workspace,
    input: { statement, ...more },
    ...(invocationId === undefined ? {} : { invocationId }),
  });

test('reads well, and is there afterwards', async () => {
  const workspace = createSkillWorkspace({});
  const { text, output } = await remember(workspace, '  my sister\n is   Maria ');
  expect(text).toBe('Remembered: my sister is Maria');
  expect(await on.memory.all(workspace)).toMatchObject([
    { id: output['id'], text: 'my sister is Maria', provenance: 'person', pinned: false },
  ]);
});

test('always: it is pinned, and says so', async () => {
  const workspace = createSkillWorkspace({});
  const { text } = await remember(workspace, 'I do not eat meat', { keep: 'always' });
  expect(text).toBe('Remembered, and always in view: I do not eat meat');
  expect(await on.memory.all(workspace)).toMatchObject([{ pinned: true }]);
});

test('the same attempt again, and the same words again, are one fact', async () => {
  const workspace = createSkillWorkspace({});
  const attempt = `${randomUUIDv7()}-1-1`;
  const [first, again, later] = [
    await remember(workspace, 'I do not eat meat', {}, attempt),
    await remember(workspace, 'I do not eat meat', {}, attempt),
    await remember(workspace, 'I do not eat meat'),
  ];
  expect([again.output, later.output]).toEqual([first.output, first.output]);
  expect(await on.memory.all(workspace)).toHaveLength(1);
});

test('nothing that can be read is refused', async () => {
  await expect(remember(createSkillWorkspace({}), '\u0007')).rejects.toMatchObject({ reason: 'empty' });
});

test('the fifty-first that is to be always in view is refused, and says why', async () => {
  const workspace = createSkillWorkspace({});
  for (let n = 0; n < 50; n++) await on.memory.put(workspace, `fact ${n}`, { pinned: true });
  await expect(remember(workspace, 'one more', { keep: 'always' })).rejects.toMatchObject({
    code: 'skill-failed',
    reason: 'too-many-pinned',
  });
  expect(await remember(workspace, 'one more')).toMatchObject({ output: { pinned: false } });
});
