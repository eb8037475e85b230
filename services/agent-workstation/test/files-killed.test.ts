// Whenever the agent is killed, each file is whole, as it was before or after, and the next attempt works.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { all, createWorkspace, type Workspace } from './files-workspace.ts';

const program = fileURLToPath(new URL('./files-killed-writer.ts', import.meta.url));

/** Lets the writer run until so much has happened to its temporary files, then kills it in the middle of what follows. */
async function killAfter(workspace: Workspace, happenings: number): Promise<void> {
  const watcher = watch(workspace.path);
  const child = spawn(process.execPath, [program, workspace.path], { stdio: ['ignore', 'ignore', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let seen = 0;
  watcher.on('change', (_, name) => {
    if (String(name).endsWith('.tmp')) seen += 1;
    if (seen >= happenings) child.kill('SIGKILL');
  });
  await ended;
  watcher.close();
}

function isWhole(path: string): boolean {
  const content = readFileSync(path, 'latin1');
  return content.length === 300_000 && content === content.charAt(0).repeat(300_000);
}

test('a writer killed at any moment leaves whole files', { timeout: 60_000 }, async () => {
  let leftovers = 0;
  for (const happenings of [1, 2, 4, 9, 14, 23]) {
    const workspace = createWorkspace();
    await killAfter(workspace, happenings);
    const files = workspace.files();
    for (const { path, kind } of await all(files.walk('.'))) {
      if (kind !== 'file') continue;
      expect([path, isWhole(join(workspace.path, path))]).toEqual([path, true]);
      expect(await files.hash(path)).toHaveLength(64);
      expect([path, statSync(join(workspace.path, path)).nlink]).toEqual([path, 1]);
    }
    leftovers += readdirSync(workspace.path).filter((name) => name.endsWith('.tmp')).length;
    await files.write('replaced.txt', Buffer.alloc(300_000, 'z'), { replace: true });
    expect(isWhole(join(workspace.path, 'replaced.txt'))).toBe(true);
  }
  // The control: some of the kills fell in the middle of a change.
  expect(leftovers).toBeGreaterThan(0);
});
