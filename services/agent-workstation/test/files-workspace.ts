// A workspace folder for one test, beside a folder of secrets that nothing may reach, and the capability over it.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CallScope } from '@switchboard/agent';
import type { FilesDestroy, FilesRead, FilesWrite } from '@switchboard/contract';
import { onTestFinished } from 'vitest';
import { createFilesAdapter, type FilesLimits } from '../src/files/files-adapter.ts';

export type Files = FilesRead & FilesWrite & FilesDestroy;

export interface Workspace {
  /** Of the workspace; `secrets` lies beside it and holds `secret.txt`. */
  readonly path: string;
  readonly secrets: string;
  /** The capability for one call. Calls of one workspace share its locks. */
  files(scope?: Partial<CallScope>): Files;
  /** Past the capability, as another program would. */
  put(path: string, content: string | Uint8Array): void;
  content(path: string): string;
}

export const secret = 'the secret that must stay where it is';

let calls = 0;

function scopeOf(overrides: Partial<CallScope>): CallScope {
  calls += 1;
  return {
    invocationId: `00000000-0000-7000-8000-${String(calls).padStart(12, '0')}-1-1`,
    session: 'session',
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 60_000),
    ...overrides,
  };
}

export function createWorkspace(limits: Partial<FilesLimits> = {}, parent = tmpdir()): Workspace {
  const base = mkdtempSync(join(realpathSync(parent), 'files-test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const path = join(base, 'workspace');
  const secrets = join(base, 'secrets');
  mkdirSync(path);
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'secret.txt'), secret);
  const adapter = createFilesAdapter({ workspace: path, ...limits });
  return {
    path,
    secrets,
    files: (overrides = {}) => {
      const scope = scopeOf(overrides);
      return { ...adapter.read(scope), ...adapter.write(scope), ...adapter.destructive(scope) };
    },
    put: (name, content) => {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    },
    content: (name) => readFileSync(join(path, name), 'utf8'),
  };
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
