// A short storm over the whole system with a fixed seed, and the control that must double effects. `npm run faults` is the long one.
import { expect, test } from 'vitest';
import { runNaive } from '../../scripts/faults/naive.ts';
import { storm } from '../../scripts/faults/storm/run-storm.ts';

test('a storm loses nothing, doubles nothing and reorders nothing', { timeout: 120_000 }, async () => {
  const result = await storm({
    prefix: 's',
    seed: 'short',
    turns: 100,
    sessions: 10,
    faults: 12,
    spanMs: 12_000,
    quietMs: 40_000,
  });
  const broken = result.checks.filter((check) => check.broken.length > 0);
  expect(broken, `the logs are in ${result.folder}`).toEqual([]);
  expect(result.evidence.facts).toHaveLength(100);
  expect(result.evidence.faults.filter(({ open }) => open > 0).length).toBeGreaterThan(6);
});

test('a coordinator that trusts time-outs doubles effects, and the suite sees it', { timeout: 120_000 }, async () => {
  const result = await runNaive({ seed: 'short', turns: 60, faults: 8, spanMs: 7_000 });
  expect(result.doubled).toBeGreaterThan(0);
});
