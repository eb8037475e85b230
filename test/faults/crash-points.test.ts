// A process dies at each named place of a turn's life: there is one acceptable end, and it is this one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashCases } from '../../scripts/faults/crash/crash-cases.ts';
import { judgeCase } from '../../scripts/faults/crash/judge-case.ts';
import { runCase } from '../../scripts/faults/crash/run-case.ts';
import { openStage, type Stage } from '../../scripts/faults/stage/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ gatewayEnv: { LEASE_MS: '1000' } });
});
afterAll(() => stage?.close());

test.for(crashCases)('$who dies at $point with a skill that is $steps.0', { timeout: 60_000 }, async (given) => {
  const seen = await runCase(stage, given);
  expect(judgeCase(given, seen), JSON.stringify(seen)).toEqual([]);
});
