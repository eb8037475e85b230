// What a row tells of a storm: which promises it broke, and how much stayed unknown.
import type { StormResult } from '../storm/run-storm.ts';

/** Of each promise that is broken, so many cases. */
const casesMax = 3;

export function brokenPromises({ checks }: StormResult): string[] {
  return checks.flatMap(({ promise, broken }) =>
    broken.slice(0, casesMax).map((one) => `${promise}: ${one} (of ${broken.length})`),
  );
}

export function countUnknown({ evidence }: StormResult): number {
  return evidence.facts.filter(({ error }) => error === 'outcome-unknown').length;
}
