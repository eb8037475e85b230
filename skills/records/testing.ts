// What the tests of the records skills share: the agent's own connector to a real Tryton, one for each test file.
import { createTrytonRecords } from '@switchboard/agent-business/tryton';
import { startTryton, type Tryton, whyNoTryton } from '@switchboard/testkit/peers/tryton';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, reconcileSkill, runSkill } from '@switchboard/testkit/skill';

/** Why there is no ERP on this machine, for the name of what is skipped; undefined when there is one. */
export const noErp: string | undefined = await whyNoTryton();

export interface TestErp {
  readonly setup: SkillSetup;
  readonly tryton: Tryton;
}

/** Starts it before the tests of the file and stops it after them; not to be touched outside of a test. */
export function testErp(): TestErp {
  let tryton: Tryton | undefined;
  const started = (): Tryton => {
    if (tryton === undefined) throw new Error('the ERP is there within a test only');
    return tryton;
  };
  beforeAll(async () => {
    if (noErp === undefined) tryton = await startTryton();
  }, 120_000);
  afterAll(() => tryton?.stop());
  return {
    setup: { adapters: () => ({ records: createTrytonRecords(started()) }) },
    get tryton() {
      return started();
    },
  };
}

/** How many records of a model carry this value, as the ERP itself counts. */
export async function countIn({ tryton }: TestErp, model: string, field: string, value: string): Promise<unknown> {
  return await tryton.rpc(`model.${model}.search_count`, [[field, '=', value]]);
}
