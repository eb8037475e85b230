// The probe finds a sandbox that holds, and says of one that does not what is wrong with it.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseSandbox } from '../src/shell/choose-sandbox.ts';
import { probeSandbox } from '../src/shell/probe-sandbox.ts';
import { sandboxKinds } from '../src/shell/sandbox.ts';
import { createTestShell, describeSandboxed, lend } from './shell-workspace.ts';

/** Runs the program without Landlock: a system-call filter says that the kernel does not know it. */
const withoutLandlock = `
  my $code = pack("S C C L" x 4, 0x20, 0, 0, 0, 0x15, 0, 1, 444, 0x06, 0, 0, 0x50026, 0x06, 0, 0, 0x7fff0000);
  my $prctl = (shift @ARGV) eq "arm64" ? 167 : 157;
  syscall($prctl, 38, 1, 0, 0, 0) == 0 && syscall($prctl, 22, 2, my $filter = pack("S x6 P", 4, $code), 0, 0) == 0 or die $!;
  exec @ARGV`;

describeSandboxed('the probe', (sandbox) => {
  test('passes here, and leaves nothing in the workspace', async () => {
    const { path, bash } = createTestShell(sandbox);
    lend(sandbox, path);
    expect(await probeSandbox({ workspace: path, sandbox })).toEqual({ ok: true });
    expect((await bash('ls -A')).stdout).toBe('');
  });

  test('fails for a workspace that commands cannot write', async () => {
    const { path, inside } = createTestShell(sandbox);
    lend(sandbox, path);
    chmodSync(path, 0o555);
    expect(await probeSandbox({ workspace: path, sandbox })).toEqual({
      ok: false,
      why: `The sandbox does not hold: ${inside} cannot be written.`,
    });
  });

  test('fails where JavaScript cannot run', async () => {
    const { path } = createTestShell(sandbox);
    lend(sandbox, path);
    expect(await probeSandbox({ workspace: path, sandbox, node: '/bin/false' })).toEqual({
      ok: false,
      why: 'The sandbox does not hold: the JavaScript runtime does not start.',
    });
  });

  test('chooses it when it is asked for, and says why when it does not hold', async () => {
    const { path } = createTestShell(sandbox);
    lend(sandbox, path);
    expect(await chooseSandbox({ workspace: path }, sandbox)).toEqual({ ok: true, sandbox });
    expect(await chooseSandbox({ workspace: path, node: '/bin/false' }, sandbox)).toEqual({
      ok: false,
      why: `${sandbox}: The sandbox does not hold: the JavaScript runtime does not start.`,
    });
  });

  test.runIf(sandbox === 'namespaces')('fails where a namespace cannot be furnished', async () => {
    const { path } = createTestShell(sandbox);
    expect(await probeSandbox({ workspace: path, sandbox, limits: { temporaryBytesMax: -1 } })).toEqual({
      ok: false,
      why: expect.stringMatching(/^There is no sandbox to run a command in: mount: Invalid argument/),
    });
  });

  test.runIf(sandbox === 'landlock')('fails where the kernel has no Landlock', () => {
    const { path } = createTestShell(sandbox);
    lend(sandbox, path);
    const program = `
      import { chooseSandbox } from ${JSON.stringify(join(import.meta.dirname, '../src/shell/choose-sandbox.ts'))};
      console.log(JSON.stringify(await chooseSandbox({ workspace: process.argv[1] }, 'landlock')));`;
    const node = [process.execPath, '--input-type=module', '-e', program, path];
    const output = execFileSync('perl', ['-e', withoutLandlock, process.arch, ...node], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      ok: false,
      why: expect.stringContaining('no Landlock: Function not implemented'),
    });
  });

  test.runIf(sandbox === 'landlock' && process.getuid?.() === 0)("fails for what is root's alone", async () => {
    const { path } = createTestShell(sandbox);
    expect(await chooseSandbox({ workspace: path }, 'landlock')).toEqual({
      ok: false,
      why: expect.stringContaining('Landlock does not fence in root: the workspace must belong to somebody else'),
    });
  });
});

test('namespaces come before Landlock, and the reason names both', async () => {
  const { path } = createTestShell('landlock');
  lend('landlock', path);
  expect(await chooseSandbox({ workspace: path, node: '/bin/false' }, 'auto')).toEqual({
    ok: false,
    why: expect.stringMatching(/^namespaces: .*; landlock: .*/s),
  });
});

test.each(sandboxKinds)('the probe fails, and does not throw, without a workspace: %s', async (sandbox) => {
  const { path } = createTestShell(sandbox);
  rmSync(path, { recursive: true });
  expect(await probeSandbox({ workspace: path, sandbox })).toEqual({
    ok: false,
    why: expect.stringContaining('ENOENT'),
  });
});
