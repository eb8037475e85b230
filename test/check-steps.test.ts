// `npm run check` and `npm run generate`: what they say, and what they find.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { program } from '../scripts/check/program.ts';
import { type Outcome, runSteps, summary } from '../scripts/check/run-steps.ts';
import { findDrift, findLeftovers, repairDrift } from '../scripts/generate/drift.ts';

const step = (name: string, outcome: Outcome) => ({ name, run: async () => outcome });

test('the output of what passed is not shown; the last line counts', async () => {
  const said: string[] = [];
  const results = await runSteps(
    [
      step('good', { state: 'passed' }),
      step('bad', { state: 'failed', output: 'a.ts:1  wrong\n' }),
      step('absent', { state: 'skipped', output: 'not on this machine' }),
      { name: 'broken', run: () => Promise.reject(new Error('it broke')) },
    ],
    { atOnce: 2, say: (line) => said.push(line) },
  );
  expect(said).toHaveLength(4);
  const text = summary(results);
  expect(text).toContain('bad failed:\na.ts:1  wrong\n');
  expect(text).toContain('absent skipped:\nnot on this machine\n');
  expect(text).toContain('broken failed:\nError: it broke');
  expect(text).not.toContain('good');
  expect(text.split('\n').at(-1)).toBe('1 passed, 2 failed, 1 skipped');
});

test('no more than asked run at the same time, and the results keep their order', async () => {
  let running = 0;
  let most = 0;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const steps = names.map((name) => ({
    name,
    async run(): Promise<Outcome> {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { state: 'passed' };
    },
  }));
  const results = await runSteps(steps, { atOnce: 2, say: () => {} });
  expect(most).toBe(2);
  expect(results.map(({ name }) => name)).toEqual(names);
});

test('a program that fails or is not there fails its step, with what it wrote', async () => {
  const folder = await tempFolder();
  try {
    const bin = join(folder.path, 'node_modules', '.bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'grumble'), '#!/bin/sh\necho "$1"\n[ "$1" = good ]\n', { mode: 0o755 });
    expect(await program('one', folder.path, ['grumble', 'good']).run()).toEqual({ state: 'passed' });
    expect(await program('one', folder.path, ['grumble', 'bad']).run()).toEqual({ state: 'failed', output: 'bad\n' });
    expect(await program('one', folder.path, ['absent']).run()).toMatchObject({ state: 'failed' });
  } finally {
    await folder.remove();
  }
});

test('drift names what is missing, out of date and left over, and is repaired', async () => {
  const folder = await tempFolder();
  try {
    await mkdir(join(folder.path, 'docs/reference'), { recursive: true });
    await writeFile(join(folder.path, 'docs/reference/a.md'), 'as made\n');
    await writeFile(join(folder.path, 'docs/reference/b.md'), 'edited\n');
    await writeFile(join(folder.path, 'docs/reference/old.md'), 'from before\n');
    const generated = new Map([
      ['docs/reference/a.md', 'as made\n'],
      ['docs/reference/b.md', 'as made\n'],
      ['deploy/new.json', '{}\n'],
    ]);
    const drift = [...findDrift(folder.path, generated), ...findLeftovers(folder.path, generated)];
    expect(drift).toEqual([
      { path: 'docs/reference/b.md', what: 'is out of date' },
      { path: 'deploy/new.json', what: 'is missing' },
      { path: 'docs/reference/old.md', what: 'is not generated any more' },
    ]);
    repairDrift(folder.path, generated, drift);
    expect(await readFile(join(folder.path, 'deploy/new.json'), 'utf8')).toBe('{}\n');
    expect(findDrift(folder.path, generated)).toEqual([]);
    expect(findLeftovers(folder.path, generated)).toEqual([]);
  } finally {
    await folder.remove();
  }
});
