// The probe finds a sandbox that holds, and says of one that does not what is wrong with it.
import { chmodSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { probeSandbox } from '../src/shell/probe-sandbox.ts';
import { canSandbox, createTestShell } from './shell-workspace.ts';

describe.skipIf(!canSandbox)('the probe', () => {
  test('passes here, and leaves nothing in the workspace', async () => {
    const { path, bash } = createTestShell();
    expect(await probeSandbox({ workspace: path })).toEqual({ ok: true });
    expect((await bash('ls -A')).stdout).toBe('');
  });

  test('fails for a workspace that commands cannot write', async () => {
    const { path } = createTestShell();
    chmodSync(path, 0o555);
    expect(await probeSandbox({ workspace: path })).toEqual({
      ok: false,
      why: 'The sandbox does not hold: /workspace cannot be written.',
    });
  });

  test('fails where JavaScript cannot run', async () => {
    const { path } = createTestShell();
    expect(await probeSandbox({ workspace: path, node: '/etc/hostname' })).toEqual({
      ok: false,
      why: 'The sandbox does not hold: the JavaScript runtime does not start.',
    });
  });

  test('fails where the sandbox cannot be made', async () => {
    const { path } = createTestShell();
    expect(await probeSandbox({ workspace: path, limits: { temporaryBytesMax: -1 } })).toEqual({
      ok: false,
      why: expect.stringMatching(/^There is no sandbox to run a command in: mount: Invalid argument/),
    });
  });
});

test('the probe fails, and does not throw, without a workspace', async () => {
  const { path } = createTestShell();
  rmSync(path, { recursive: true });
  expect(await probeSandbox({ workspace: path })).toEqual({ ok: false, why: expect.stringContaining('ENOENT') });
});
