// A folder of files for one test of a skill: the same files at the same times on every machine.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** When everything in a new workspace was last modified, so that an example's output can name it. */
export const exampleTime = new Date('2026-01-01T00:00:00.000Z');

/** Made anew and removed with the test. A path that ends in `/` is an empty folder. */
export function createSkillWorkspace(files: Readonly<Record<string, string | Uint8Array>>): string {
  const workspace = mkdtempSync(join(tmpdir(), 'skill-test-'));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const full = join(workspace, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(full, content);
  }
  for (const { path } of entries(workspace)) utimesSync(path, exampleTime, exampleTime);
  return workspace;
}

/** Everything in it by path: the content of files, the kind of the rest. Links are not followed. */
export function workspaceState(workspace: string): Record<string, string> {
  const state = entries(workspace).map(({ path, kind }) => {
    return [path.slice(workspace.length + 1), kind === 'file' ? readFileSync(path, 'base64') : `(${kind})`] as const;
  });
  return Object.fromEntries(state);
}

/** Parents first. (`readdir` with `recursive` would go through links.) */
function entries(folder: string): { path: string; kind: 'file' | 'folder' | 'other' }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return [{ path, kind: 'folder' as const }, ...entries(path)];
    return [{ path, kind: entry.isFile() ? ('file' as const) : ('other' as const) }];
  });
}
