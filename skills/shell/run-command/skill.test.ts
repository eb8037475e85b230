// run-command shows what a command wrote, whole or attached, and how it ended.
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, test } from 'vitest';
import { canSandbox, describeSkill, onShell, runSkill } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };
const run = (command: string, more: Record<string, unknown> = {}, files: Record<string, string> = {}) =>
  runSkill(skill, { ...onShell, files, input: { command, ...more } });

describe.skipIf(!canSandbox)('run-command', () => {
  describeSkill(skill, onShell);

  test.each([
    ['echo hello', 'hello'],
    ['true', 'Done; it had nothing to say.'],
    ['exit 3', 'It failed with exit code 3.'],
    ['echo out; echo bad >&2; exit 1', 'It failed with exit code 1.\n\nout\n\nError output:\nbad'],
    ['echo careful >&2', 'Error output:\ncareful'],
    [
      'no-such-program',
      'It failed with exit code 127.\n\nError output:\nbash: line 1: no-such-program: command not found',
    ],
    ['kill -9 $$', 'It was ended by SIGKILL.'],
    ["printf '\\033[31mred\\033[0m\\033]0;title\\007 a\\rb\\n'", 'red a\nb'],
  ])('reads well: %s', async (command, text) => {
    expect((await run(command)).text).toBe(text);
  });

  test('says at which limit it was stopped, and shows what there was until then', async () => {
    const { output, text } = await run('echo begun; sleep 60', { timeoutSeconds: 1 });
    expect(output).toMatchObject({ stopped: 'time', signal: 'SIGKILL', stdout: 'begun\n', seconds: 1 });
    expect(output).not.toHaveProperty('exitCode');
    expect(text).toBe('It was stopped after 1 s, because its time was over.\n\nbegun');
  });

  test('attaches a long output whole, and shows its beginning', async () => {
    const { output, text, artifacts } = await run('seq 100000; seq 3000 >&2');
    const whole = Array.from({ length: 100_000 }, (_, n) => `${n + 1}\n`).join('');
    expect(output).toMatchObject({
      exitCode: 0,
      stdoutTruncated: true,
      stdoutBytes: whole.length,
      stderrTruncated: false,
    });
    expect(whole.startsWith(String(output['stdout']))).toBe(true);
    expect(Buffer.from(artifacts[0]?.content ?? []).toString()).toBe(whole);
    expect(output['stdoutArtifact']).toMatchObject({
      name: 'stdout.txt',
      sha256: createHash('sha256').update(whole).digest('hex'),
    });
    expect(output['stderrArtifact']).toMatchObject({ name: 'stderr.txt', bytes: output['stderrBytes'] });
    expect(text).toContain('only the beginning of 588895 bytes: it is attached whole.');
    expect(text).toContain('Error output:\n1\n2\n');
    expect(JSON.stringify(output).length).toBeLessThan(120 * 1024);
  });

  test('stops a flood, and says what it kept of it', { timeout: 60_000 }, async () => {
    const { output, text, artifacts } = await run('yes');
    expect(output).toMatchObject({ stopped: 'output', stdoutTruncated: true });
    expect(output['stdoutBytes']).toBeGreaterThan(24 * 1024 ** 2);
    expect(artifacts[0]?.bytes).toBe(16 * 1024 ** 2);
    expect(text).toMatch(/^It was stopped.*because it wrote more output than it may\.\n\ny\ny\n/);
    expect(text).toMatch(/This is only the beginning of \d+ bytes: the first 16 MB are attached\.$/);
  });

  test('an answer has room for the worst of outputs', async () => {
    const { output } = await run("head -c 200000 /dev/zero | tr '\\0' '\\001' | tee /dev/stderr");
    expect(JSON.stringify(output).length).toBeLessThan(120 * 1024);
    expect(output).toMatchObject({ stdoutTruncated: true, stderrTruncated: true, lossy: false });
  });

  test('shows bytes that are no text as well as they can be, and attaches them as they are', async () => {
    const { output, text, artifacts } = await run("printf 'a\\377\\000b\\n'");
    expect(output).toMatchObject({ stdout: 'a\ufffd\ufffdb\n', lossy: true, stdoutTruncated: false });
    expect(Buffer.from(artifacts[0]?.content ?? []).toString('latin1')).toBe('a\u00ff\0b\n');
    expect(text).toContain('not text');
  });

  test('never cuts within a character', async () => {
    const { output } = await run("printf 'x%.0s' 1; printf 'ä%.0s' {1..60000}");
    expect(String(output['stdout'])).toMatch(/^xä+$/);
    expect(output).toMatchObject({ lossy: false, stdoutTruncated: true });
  });

  test('runs in the folder it is given, and nowhere outside', async () => {
    const files = { 'a/b.txt': '' };
    expect((await run('pwd', { folder: 'a' }, files)).text).toBe('/workspace/a');
    await expect(run('pwd', { folder: '../a' }, files)).rejects.toMatchObject({ reason: 'path-escapes' });
    await expect(run('pwd', { folder: 'c' }, files)).rejects.toMatchObject({ reason: 'not-folder' });
  });

  test('is gone with all it began when it is canceled', async () => {
    const workspace = createSkillWorkspace({});
    const controller = new AbortController();
    const input = { command: 'touch begun; sleep 60 & wait' };
    const ran = runSkill(skill, { ...onShell, workspace, input, signal: controller.signal });
    const refused = expect(ran).rejects.toThrow('the person said so');
    await expect.poll(() => existsSync(join(workspace, 'begun')), { timeout: 10_000 }).toBe(true);
    controller.abort(new Error('the person said so'));
    await refused;
  });

  test('takes a long command, and refuses one that the system does not take', async () => {
    expect((await run(`: ${'x'.repeat(99_000)}; echo done`)).text).toBe('done');
    await expect(run(`: ${'€'.repeat(99_000)}`)).rejects.toMatchObject({ reason: 'too-large' });
  });

  test('sees the workspace as it is', async () => {
    const workspace = createSkillWorkspace({ 'a.txt': 'one' });
    writeFileSync(join(workspace, 'b.txt'), 'two');
    expect((await runSkill(skill, { ...onShell, workspace, input: { command: 'cat *.txt' } })).text).toBe('onetwo');
  });
});

test('takes a command, and no more than it says', () => {
  const bad = [
    {},
    { command: '' },
    { command: 'a\0b' },
    { command: 'x'.repeat(100_001) },
    { command: 'ls', shell: 'zsh' },
  ];
  const times = [0, 1.5, 571, -1].map((timeoutSeconds) => ({ command: 'ls', timeoutSeconds }));
  for (const input of [...bad, ...times])
    expect([input, contract.input.safeParse(input).success]).toEqual([input, false]);
  expect(contract.input.parse({ command: 'ls' })).toEqual({ command: 'ls', folder: '.', timeoutSeconds: 60 });
});

test('asks with every character in sight', () => {
  const asked = contract.ask?.({
    command: 'rm -rf a\u202egpj.b \u001b[8m',
    folder: 'x',
    stdin: 'yes\n',
    timeoutSeconds: 9,
  });
  expect(asked).toBe(
    'Run this command in the folder x:\n\nrm -rf a\\u{202e}gpj.b \\u{1b}[8m\n\nIt is given this input:\n\nyes\n\n\nIt has no network and nothing outside the workspace, and at most 9 s.',
  );
});
