// Whenever the agent is killed, each file is whole, as it was before or after, and the next attempt works.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { all, createWorkspace, type Workspace } from './files-workspace.ts';

const program = fileURLToPath(new URL('./files-killed-writer.ts', import.meta.url));

/** Lets the writer run until it has published `changes` more things, then kills it in the middle of what follows. */
async function killAfter(workspace: Workspace, changes: number): Promise<void> {
  const child = spawn(process.execPath, [program, workspace.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  for (let seen = 0, before = ''; seen < changes || !before.includes('.tmp'); ) {
    const now = readdirSync(workspace.path, { recursive: true }).join();
    if (now !== before) seen += 1;
    before = now;
    await new Promise(setImmediate);
  }
  child.kill('SIGKILL');
  await ended;
}

function isWhole(path: string): boolean {
  const content = readFileSync(path, 'latin1');
  return content.length === 300_000 && content === content.charAt(0).repeat(300_000);
}

test('a writer killed at any moment leaves whole files', { timeout: 60_000 }, async () => {
  const workspace = createWorkspace();
  let leftovers = 0;
  for (const changes of [1, 2, 3, 5, 7, 11]) {
    await killAfter(workspace, changes);
    const files = workspace.files();
    for (const { path, kind } of await all(files.walk('.'))) {
      if (kind !== 'file') continue;
      expect([path, isWhole(join(workspace.path, path))]).toEqual([path, true]);
      expect(await files.hash(path)).toHaveLength(64);
      expect([path, statSync(join(workspace.path, path)).nlink]).toEqual([path, 1]);
    }
    leftovers += readdirSync(workspace.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tmp'),
    ).length;
    await files.write('replaced.txt', Buffer.alloc(300_000, 'z'), { replace: true });
    for (const name of ['created', 'copies']) rmSync(join(workspace.path, name), { recursive: true, force: true });
  }
  // The control: some of the kills fell in the middle of a change.
  expect(leftovers).toBeGreaterThan(0);
});
