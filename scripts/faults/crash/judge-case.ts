// Whether what was seen of a crash is its only acceptable end.
import { isDeepStrictEqual } from 'node:util';
import type { CrashCase } from './crash-cases.ts';
import type { SeenCase } from './run-case.ts';

const oneOf = (lists: readonly unknown[], seen: unknown): boolean =>
  lists.some((list) => isDeepStrictEqual(list, seen));

/** What is wrong; empty when it is as it must be. */
export function judgeCase(given: CrashCase, seen: SeenCase): string[] {
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  must(seen.died.length === 1, `one process must die there, not ${JSON.stringify(seen.died)}`);
  must(seen.end === (given.end === 'unknown' ? 'outcome-unknown' : 'completed'), `it ended ${seen.end}`);
  must(oneOf(given.attempts, seen.attempts), `attempts: ${seen.attempts.join(', ')}`);
  must(oneOf(given.effects, seen.effects), `effects: ${seen.effects.join(', ')}`);
  must(seen.turns === 1, `the key made ${seen.turns} turns`);
  must(isDeepStrictEqual(seen.endEvents, [1, 1]), `terminal events, kept and copied: ${seen.endEvents.join(', ')}`);
  if (given.end === 'unknown') {
    must(isDeepStrictEqual(seen.choices, ['happened', 'retry', 'leave']), `the person is asked ${seen.choices}`);
  }
  if (given.point === 'G1') must(seen.answers[0] === 0 && seen.answers.at(-1) === 202, `answers: ${seen.answers}`);
  if (given.point === 'G2') must(seen.answers[0] === 0 && seen.answers.at(-1) === 200, `answers: ${seen.answers}`);
  return wrong;
}
