// While another process swaps folders and files for links to secrets, nothing is read from or changed in the secret folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SkillError } from '@switchboard/contract';
import { expect, onTestFinished, test } from 'vitest';
import { all, bytesOf, createWorkspace, type Files, secret, type Workspace } from './files-workspace.ts';

const raceMs = 2500;

/**
 * `swap`, `swap.txt` and `hard.txt` are, in turn and thousands of times a second, the workspace's own and a symbolic or
 * hard link to the secrets.
 */
const swapper = `
  const fs = require('node:fs');
  const [workspace, secrets] = process.argv.slice(1);
  process.chdir(workspace);
  const rename = (from, to) => {
    // What the agent made in the moment when the name was free is in the way: it goes.
    for (;;) {
      try { return fs.renameSync(from, to); } catch {}
      try { fs.rmSync(to, { recursive: true, force: true }); } catch {}
    }
  };
  fs.symlinkSync(secrets + '/secret.txt', 'link.txt');
  fs.symlinkSync(secrets, 'link');
  fs.linkSync(secrets + '/secret.txt', 'link-hard.txt');
  process.stdout.write('ready');
  for (;;) {
    rename('swap', 'own'); rename('link', 'swap');
    rename('swap.txt', 'own.txt'); rename('link.txt', 'swap.txt');
    rename('hard.txt', 'own-hard.txt'); rename('link-hard.txt', 'hard.txt');
    rename('swap', 'link'); rename('own', 'swap');
    rename('swap.txt', 'link.txt'); rename('own.txt', 'swap.txt');
    rename('hard.txt', 'link-hard.txt'); rename('own-hard.txt', 'hard.txt');
  }
`;

async function startSwapping(workspace: Workspace): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', swapper, workspace.path, workspace.secrets], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  return child;
}

type Attempt = (files: Files, n: number) => Promise<unknown>;

const reading: Attempt[] = [
  (files) => files.read('swap/secret.txt', { bytesMax: 1000 }),
  (files) => files.read('swap.txt', { bytesMax: 1000 }),
  (files) => all(files.stream('swap/secret.txt')),
  (files) => all(files.walk('swap')),
  (files) => files.read('hard.txt', { bytesMax: 1000 }),
  (files) => all(files.stream('hard.txt')),
];

const changing: Attempt[] = [
  (files, n) => files.copy('swap', `copied-${n}`),
  (files, n) => files.write(`swap/new-${n}.txt`, bytesOf('x'), { replace: true }),
  (files) => files.write('swap/secret.txt', bytesOf('decoy'), { replace: true }),
  (files) => files.update('swap/secret.txt', async (content) => content ?? bytesOf('decoy')),
  (files) => files.update('hard.txt', async (content) => content ?? bytesOf('decoy')),
  (files, n) => files.makeFolder(`swap/made-${n}`),
  (files, n) => files.move(`swap/new-${n - 4}.txt`, `swap/moved-${n}.txt`),
  (files) => files.remove('swap/victim.txt', { recursive: true }),
];

function holdsSecret(found: unknown): boolean {
  const texts = [found].flat().flatMap((item) => (item instanceof Uint8Array ? [item] : Object.values(item ?? {})));
  return texts.some((text) => text instanceof Uint8Array && new TextDecoder().decode(text).includes(secret));
}

test('no secret is read and nothing changes among the secrets, in seconds of swapping', {
  timeout: 20_000,
}, async () => {
  // In memory where that is to be had: the more swaps a second, the harder the test.
  const workspace = createWorkspace({}, existsSync('/dev/shm') ? '/dev/shm' : undefined);
  workspace.put('swap/secret.txt', 'decoy');
  workspace.put('swap.txt', 'decoy');
  workspace.put('hard.txt', 'decoy');
  writeFileSync(join(workspace.secrets, 'victim.txt'), 'victim');
  const swapping = await startSwapping(workspace);
  const seen = { done: 0, refused: 0, leaked: 0, naive: 0, naiveHard: 0 };
  const unexpected: unknown[] = [];
  const end = Date.now() + raceMs;
  const race = async (attempts: readonly Attempt[]): Promise<void> => {
    const files = workspace.files();
    for (let n = 0; Date.now() < end; n += 1) {
      try {
        const found = await attempts[n % attempts.length]?.(files, n);
        seen.done += 1;
        if (holdsSecret(found)) seen.leaked += 1;
      } catch (error) {
        if (error instanceof SkillError) seen.refused += 1;
        else unexpected.push(error);
      }
      // The control: a program that opens the path as it stands falls for it, so the test can see a leak.
      const naive = (path: string): Promise<string> => readFile(join(workspace.path, path), 'utf8').catch(() => '');
      if ((await naive('swap/secret.txt')).includes(secret)) seen.naive += 1;
      if ((await naive('hard.txt')).includes(secret)) seen.naiveHard += 1;
    }
  };
  await Promise.all([race(reading), race(reading), race(changing)]);
  expect(swapping.exitCode).toBeNull();
  expect(unexpected).toEqual([]);
  expect(seen).toMatchObject({ leaked: 0 });
  expect(seen.naive).toBeGreaterThan(0);
  expect(seen.naiveHard).toBeGreaterThan(0);
  expect(seen.done).toBeGreaterThan(0);
  expect(seen.refused).toBeGreaterThan(0);
  expect(readdirSync(workspace.secrets).sort()).toEqual(['secret.txt', 'victim.txt']);
  expect(workspace.content('../secrets/secret.txt')).toBe(secret);
});
