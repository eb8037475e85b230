// Runs a program on a disk so small that it can be filled: a tmpfs in a mount namespace of its own, root or not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who is not root takes a user namespace for it. */
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const timeoutMs = 20_000;

function inNamespace(script: string, args: readonly string[]) {
  return spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', ...args], {
    encoding: 'utf8',
    timeout: timeoutMs,
  });
}

/** Whether this machine lets us mount one. */
export function hasSmallDisk(): boolean {
  return inNamespace('mount -t tmpfs none /tmp', []).status === 0;
}

/**
 * Runs a TypeScript file with the disk's folder (1 MiB, some 30 files) as its first argument, `more` after it. Throws what
 * it says when it fails.
 */
export function runOnSmallDisk(program: string, ...more: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    const script = 'mount -t tmpfs -o size=1m,nr_inodes=30 none "$3" && exec "$@"';
    const { status, stdout, stderr } = inNamespace(script, [process.execPath, program, folder, ...more]);
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
    return stdout;
  } finally {
    rmdirSync(folder);
  }
}
