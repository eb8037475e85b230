// The last line of `npm test`, and its exit code: what CI and people go by.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot, tempFolder } from '@switchboard/testkit';
import { expect, test } from 'vitest';

const passing = `test('a', () => {}); test('b', () => {}); test.skip('c', () => {});`;
const failing = `test('d', () => { expect(1).toBe(2); });`;
const broken = `throw new Error('this file cannot be loaded');`;
const unhandled = `test('e', () => { Promise.reject(new Error('nobody waits for this')); });`;

/** Runs scripts/test.ts over a folder with these files; resolves to its last line and exit code. */
async function summaryOf(files: Record<string, string>): Promise<{ line: string | undefined; code: number }> {
  const folder = await tempFolder();
  try {
    for (const [name, source] of Object.entries(files)) await writeFile(join(folder.path, name), source);
    const config = join(folder.path, 'vitest.config.mjs');
    await writeFile(config, 'export default { test: { include: ["*.test.js"], globals: true } };');
    const args = ['scripts/test.ts', '--config', config, '--dir', folder.path];
    const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'] });
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>]);
    return { line: stdout.trimEnd().split('\n').at(-1), code };
  } finally {
    await folder.remove();
  }
}

test('all passed', async () => {
  expect(await summaryOf({ 'a.test.js': passing })).toEqual({ line: '2 passed, 0 failed, 1 skipped', code: 0 });
});

test('a failed test, and a file that cannot be loaded, count as failed', async () => {
  const files = { 'a.test.js': passing, 'b.test.js': failing, 'c.test.js': broken };
  expect(await summaryOf(files)).toEqual({ line: '2 passed, 2 failed, 1 skipped', code: 1 });
});

test('an error outside of any test fails the run', async () => {
  expect(await summaryOf({ 'a.test.js': unhandled })).toEqual({ line: '1 passed, 1 failed, 0 skipped', code: 1 });
});

test('nothing to run is no success', async () => {
  expect(await summaryOf({})).toEqual({ line: '0 passed, 1 failed, 0 skipped', code: 1 });
});
