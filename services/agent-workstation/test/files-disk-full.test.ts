// When the disk is full, or takes no changes, the refusal says so and everything is as it was.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const program = fileURLToPath(new URL('./files-small-disk.ts', import.meta.url));
/** A mount namespace of our own; who is not root takes a user namespace for it. */
const unshare = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];

function inNamespace(script: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const [command = '', ...options] = unshare;
  return spawnSync(command, [...options, 'sh', '-c', script, 'sh', ...args], { encoding: 'utf8', timeout: 20_000 });
}

const canMount = inNamespace('mount -t tmpfs none /tmp').status === 0;

test.skipIf(!canMount)('a full disk refuses with no-space and leaves nothing half done', () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { stdout, stderr } = inNamespace(
    'mount -t tmpfs -o size=1m,nr_inodes=30 none "$1" && exec "$2" "$3" "$1"',
    folder,
    process.execPath,
    program,
  );
  const attempts = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const whole = { left: [], half: 600_000 };
  const small = { left: [], half: 1000 };
  expect(attempts, stderr).toEqual([
    { name: 'write', outcome: 'no-space', ...whole },
    { name: 'replace', outcome: 'no-space', ...whole },
    { name: 'update', outcome: 'no-space', ...whole },
    { name: 'copy a file', outcome: 'no-space', ...whole },
    { name: 'copy a folder', outcome: 'no-space', ...whole },
    { name: 'make folders', outcome: 'no-space', ...whole },
    { name: 'write a little', outcome: 'done', ...small },
    { name: 'write where nothing can be written', outcome: 'not-allowed', ...small },
    { name: 'remove where nothing can be written', outcome: 'not-allowed', ...small },
    { name: 'make a folder that is there', outcome: 'done', ...small },
  ]);
});
