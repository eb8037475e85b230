// However a command runs away, it ends: by its time, by a cancel, by what it takes of the machine; and with it all it started.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SwitchboardError } from '@switchboard/contract';
import { hasSmallDisk, runOnSmallDisk } from '@switchboard/testkit/small-disk';
import { expect, test } from 'vitest';
import { createTestShell, describeSandboxed, processesWith, type TestShell, uniqueSleep } from './shell-workspace.ts';

const mebibyte = 1024 ** 2;

/** Starts it, waits until it says that it has begun, cancels it; returns how long it took to be gone. */
async function cancelOnceBegun(shell: TestShell, script: string): Promise<number> {
  const controller = new AbortController();
  const reason = new SwitchboardError('canceled', 'the person said so');
  const run = shell.bash(`${script}`, { signal: controller.signal, timeoutMs: 60_000 });
  const gone = expect(run).rejects.toBe(reason);
  await expect.poll(() => existsSync(join(shell.path, 'begun')), { timeout: 10_000, interval: 5 }).toBe(true);
  const canceledAt = performance.now();
  controller.abort(reason);
  await gone;
  return performance.now() - canceledAt;
}

describeSandboxed('a command that does not end', (sandbox) => {
  test('is ended when its time is over, and what it wrote until then is kept', async () => {
    const mark = uniqueSleep();
    const result = await createTestShell(sandbox).bash(`echo begun; sleep ${mark}`, { timeoutMs: 300 });
    expect(result).toMatchObject({ exitCode: undefined, signal: 'SIGKILL', stopped: 'time', stdout: 'begun\n' });
    expect(result.durationMs).toBeGreaterThanOrEqual(290);
    expect(result.durationMs).toBeLessThan(1300);
    expect(processesWith(mark)).toEqual([]);
  });

  test('may have no time at all', async () => {
    expect(await createTestShell(sandbox).bash('sleep 60', { timeoutMs: 0 })).toMatchObject({ stopped: 'time' });
  });

  test.each([
    ['in its foreground', (mark: string) => `touch begun; sleep ${mark}`],
    ['ignoring signals', (mark: string) => `trap '' TERM INT HUP; touch begun; while :; do sleep ${mark}; done`],
    [
      'as daemons',
      (mark: string) =>
        `(setsid sleep ${mark} &) ; (setsid setsid nohup sleep ${mark} > /dev/null 2>&1 &); touch begun; sleep ${mark}`,
    ],
    ['stopped', (mark: string) => `sleep ${mark} & kill -STOP $!; touch begun; kill -STOP $$; sleep ${mark}`],
    [
      'asking for modes of files',
      (mark: string) =>
        `touch begun; exec -a ${mark} perl -e 'for (;;) { chmod 0600, "begun" and utime 1, 1, "begun" }'`,
    ],
    ['in a tight loop', (mark: string) => `touch begun; exec -a ${mark} perl -e 'for (;;) {}'`],
  ])('is gone with all it started within a second of a cancel: %s', async (_, script) => {
    const mark = uniqueSleep();
    const tookMs = await cancelOnceBegun(createTestShell(sandbox), script(mark));
    expect(processesWith(mark)).toEqual([]);
    expect(tookMs).toBeLessThan(1000);
  });

  test('is not begun when it was canceled before', async () => {
    const shell = createTestShell(sandbox);
    await expect(shell.bash('touch begun', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    expect(existsSync(join(shell.path, 'begun'))).toBe(false);
  });

  test('leaves nothing running in the background when it ends by itself', async () => {
    const mark = uniqueSleep();
    const result = await createTestShell(sandbox).bash(`(setsid nohup sleep ${mark} &); sleep ${mark} & echo done`);
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n', stopped: undefined });
    expect(result.durationMs).toBeLessThan(5000);
    expect(processesWith(mark)).toEqual([]);
  });
});

describeSandboxed('a command that takes too much', (sandbox) => {
  test('of the processes is ended', async () => {
    // Bounded by construction: 40 children, none of which forks again.
    const script = 'for (1 .. 40) { fork or do { sleep 60; exit } } sleep 60';
    const result = await createTestShell(sandbox, { tasksMax: 20 }).run(['perl', '-e', script]);
    expect(result).toMatchObject({ stopped: 'processes', exitCode: undefined });
    expect(result.durationMs).toBeLessThan(5000);
  });

  test('of the threads is ended', async () => {
    // One process, and the seven threads that the runtime starts with.
    const shell = createTestShell(sandbox, { tasksMax: 5 });
    expect(await shell.run(['node', '-e', 'setInterval(() => {}, 1000)'])).toMatchObject({ stopped: 'processes' });
  });

  test('of the processes, by a fork bomb, is held by the kernel until it is ended', async ({ skip }) => {
    const shell = createTestShell(sandbox, { tasksMax: 60 });
    const { stdout: ids } = await shell.run(['cat', '/proc/self/uid_map']);
    skip(ids.trim().split(/\s+/)[1] === '0', 'the kernel does not count the processes of root');
    // First that the wall stands: at most 300 forks, none of which forks again; each says that it was made.
    const wall =
      'for (1 .. 300) { my $c = fork; last if !defined $c; $c or do { syswrite STDOUT, "."; sleep 60; exit } } sleep 60';
    const held = await shell.run(['perl', '-e', wall]);
    expect(held.stopped).toBe('processes');
    // In Landlock the same user's other processes are counted too, and some are left room for.
    expect(held.stdout.length).toBeLessThan(sandbox === 'namespaces' ? 2 * 60 : 250);
    const bomb = await shell.bash('bomb() { bomb | bomb & }; bomb; sleep 60');
    expect(bomb).toMatchObject({ stopped: 'processes' });
    expect(bomb.durationMs).toBeLessThan(5000);
  });

  test('of the memory in many processes is ended', async () => {
    const script = 'fork; fork; my $x = "x" x (50 * 1024 * 1024); sleep 60';
    const shell = createTestShell(sandbox, { memoryBytesMax: 150 * mebibyte });
    expect(await shell.run(['perl', '-e', script])).toMatchObject({ stopped: 'memory' });
  });

  test('of the memory in one process is refused it', async () => {
    const shell = createTestShell(sandbox, { memoryBytesMax: 100 * mebibyte });
    const result = await shell.run(['perl', '-e', 'my $x = "x" x (200 * 1024 * 1024); print "had it"']);
    expect(result).toMatchObject({ stopped: undefined, stdout: '' });
    expect(result.exitCode).not.toBe(0);
  });

  test('but not one whose processes share their memory', async () => {
    const script =
      'my $x = "x" x (60 * 1024 * 1024); my @c = map { fork // die or do { select undef, undef, undef, 0.4; exit } } 1 .. 4; wait for @c; print "done"';
    const shell = createTestShell(sandbox, { memoryBytesMax: 150 * mebibyte });
    expect(await shell.run(['perl', '-e', script])).toMatchObject({ stopped: undefined, stdout: 'done' });
  });

  test.skipIf(sandbox === 'landlock')('of /tmp finds it full', async () => {
    const shell = createTestShell(sandbox, { temporaryBytesMax: mebibyte });
    const result = await shell.bash('head -c 3000000 /dev/zero > /tmp/file; stat -c %s /tmp/file');
    expect(result.stderr).toMatch(/No space left/);
    expect(result.stdout).toBe(`${mebibyte}\n`);
  });

  test('of one file is ended by the kernel', async () => {
    const result = await createTestShell(sandbox, { fileBytesMax: mebibyte }).run([
      'dd',
      'if=/dev/zero',
      'of=file',
      'bs=64K',
      'count=32',
    ]);
    expect(result).toMatchObject({ signal: 'SIGXFSZ' });
  });

  test('of the descriptors gets no more', async () => {
    const script = 'my @f; while (open(my $f, "<", "/dev/null")) { push @f, $f } print scalar @f';
    const { stdout } = await createTestShell(sandbox, { openFilesMax: 50 }).run(['perl', '-e', script]);
    expect(Number(stdout)).toBeLessThan(50);
  });

  test.each([
    ['out', 'yes'],
    ['err', 'yes >&2'],
    ['in the smallest pieces', 'perl -e "\\$| = 1; print q(y) while 1"'],
  ])('by a flood of output is ended: %s', async (_, script) => {
    const result = await createTestShell(sandbox, { outputBytesMax: mebibyte / 4 }).bash(script, {
      outputBytesMax: 100,
    });
    expect(result).toMatchObject({ stopped: 'output', exitCode: undefined });
    expect(result.stdoutBytes + result.stderrBytes).toBeGreaterThan(mebibyte / 4);
    expect(result.stdout.length + result.stderr.length).toBe(100);
    expect(result.durationMs).toBeLessThan(10_000);
  });

  // A small disk's owner is root, or somebody who is taken for root on it.
  test.skipIf(!hasSmallDisk() || (sandbox === 'landlock' && process.getuid?.() !== 0))(
    'of the disk is ended before it is full',
    () => {
      const program = fileURLToPath(new URL('./shell-small-disk.ts', import.meta.url));
      const { stopped, freeBytes } = JSON.parse(runOnSmallDisk(program, sandbox));
      expect(stopped).toBe('disk');
      expect(freeBytes).toBeGreaterThan(0);
    },
  );
});
