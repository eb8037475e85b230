// What the tests of the memory skills share: a memory over a real database, one for each test file.
import type { Trust } from '@switchboard/contract';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { openSkillMemory, type SkillMemory } from '@switchboard/testkit/skill-memory';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, runSkill } from '@switchboard/testkit/skill';
export { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';

/** A run remembers for whoever its workspace stands for. Not to be touched outside of a test. */
export function testMemory(ingests: Trust): { readonly setup: SkillSetup; readonly memory: SkillMemory } {
  let opened: SkillMemory | undefined;
  const memory = (): SkillMemory => {
    if (opened === undefined) throw new Error('the memory is there within a test only');
    return opened;
  };
  beforeAll(async () => {
    opened = await openSkillMemory(ingests);
  });
  afterAll(() => opened?.close());
  return {
    setup: {
      adapters: (workspace) => memory().adapters(workspace),
      // The id is the database's.
      foretold: ({ id: _, ...rest }) => rest,
    },
    get memory() {
      return memory();
    },
  };
}
