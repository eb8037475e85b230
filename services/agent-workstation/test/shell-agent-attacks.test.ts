// What a hostile command tries, from inside the sandbox, against the agent that runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestShell, describeSandboxed, lend, processesWith, secret, uniqueSleep } from './shell-workspace.ts';
import { numbers } from './system-calls.ts';

describeSandboxed('a command that is hostile to its agent', (sandbox) => {
  test('reads nothing of the agent or of any process outside', async () => {
    const shell = createTestShell(sandbox);
    process.env['SHELL_TEST_CANARY'] = secret;
    const result = await shell.bash(`
      cat /proc/*/environ | tr '\\0' '\\n'; cat /proc/1/environ; ls /proc/1/fd /proc/1/root /proc/1/cwd; cat /proc/1/maps /proc/1/mem
      cat /proc/${process.pid}/environ /proc/${process.pid}/mem; ls /proc/${process.pid}/fd /proc/${process.pid}/cwd
      ls -d /proc/[0-9]*; cat /proc/${process.pid}/cmdline; cat /proc/*/cmdline | tr '\\0' ' '`);
    expect(result.stdout).not.toContain('canary');
    expect(result.stdout).not.toContain(process.execPath);
    expect(result.stdout).not.toContain(shell.path);
    expect((result.stdout.match(/^\/proc\/\d+$/gm) ?? []).length).toBeLessThan(10);
    expect(result.stderr).toMatch(/\/proc\/1\/environ: Permission denied/);
    expect(result.stderr).toMatch(/'\/proc\/1\/root': Permission denied/);
    expect(result.stderr).toContain('/proc/1/mem: Permission denied');
  });

  test.skipIf(process.arch !== 'x64')('does nothing to the agent by its process id', async () => {
    const agent = spawn('sleep', ['60'], { stdio: 'ignore' });
    onTestFinished(() => void agent.kill('SIGKILL'));
    const { pid = 0 } = agent;
    const before = { nice: getPriority(pid), limits: readFileSync(`/proc/${pid}/limits`, 'latin1') };
    const { kill, tkill, tgkill, sigqueue, ptrace, readv, prlimit, setpriority, affinity, scheduler, ioprio } =
      numbers.x64;
    const calls = [
      ...[kill, tkill].flatMap((call) => [`${call}, ${pid}, 9`, `${call}, ${pid}, 19`]),
      `${tgkill}, ${pid}, ${pid}, 9`,
      `${sigqueue}, ${pid}, 10, my $info = "\\0" x 128`,
      `${ptrace}, 16, ${pid}, 0, 0`,
      `${ptrace}, 0x4206, ${pid}, 0, 0`,
      `${readv}, ${pid}, 0, 0, 0, 0, 0`,
      `${prlimit}, ${pid}, 0, my $limit = pack("Q2", 1, 1), 0`,
      `${setpriority}, 0, ${pid}, 19`,
      `${affinity}, ${pid}, 8, my $mask = pack("Q", 1)`,
      `${scheduler}, ${pid}, 5, my $none = pack("L", 0)`,
      `${ioprio}, 1, ${pid}, 3 << 13`,
    ];
    const script = `${calls.map((call) => `syscall(${call}) == -1 or print q(${call} )`).join(';')}; kill 9, -1`;
    const { stdout, exitCode } = await createTestShell(sandbox).run(['perl', '-e', script]);
    // The last of them would have ended what watches over the command, and the command with it.
    expect(exitCode).toBe(0);
    // In namespaces the number may be of a process of its own.
    if (sandbox === 'landlock') expect(stdout).toBe('');
    expect([agent.exitCode, agent.signalCode]).toEqual([null, null]);
    expect({ nice: getPriority(pid), limits: readFileSync(`/proc/${pid}/limits`, 'latin1') }).toEqual(before);
  });

  test.skipIf(process.arch !== 'x64')('types into no terminal', async () => {
    // EPERM, where a file that is no terminal would be ENOTTY.
    const script = 'for (0x5412, 0x541c) { print syscall(16, 1, $_, my $c = "x") == -1 ? int($!) : "typed", " " }';
    expect((await createTestShell(sandbox).run(['perl', '-e', script])).stdout).toBe('1 1 ');
  });

  test('inherits no descriptor that the agent was started with', async () => {
    const shell = createTestShell(sandbox);
    const program = `
      import { createShellAdapter } from ${JSON.stringify(join(import.meta.dirname, '../src/shell/shell-adapter.ts'))};
      const scope = { invocationId: 'x', session: 'session', signal: new AbortController().signal, deadline: new Date() };
      const shell = createShellAdapter({ workspace: process.argv[1], sandbox: '${sandbox}' }).execute(scope);
      const open = 'print join " ", grep { -l "/proc/self/fd/$_" } 0 .. 1023';
      const run = await shell.run(['perl', '-e', open], { folder: '.', timeoutMs: 9000, outputBytesMax: 999 });
      process.stdout.write(run.stdout);`;
    // A folder outside, on a descriptor far from the others, as a careless parent leaves it.
    const script = 'exec 99< "$1"; exec "$2" --input-type=module -e "$3" "$4"';
    lend(sandbox, shell.path);
    const args = ['-c', script, 'sh', dirname(shell.secret), process.execPath, program, shell.path];
    const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await once(child.stdout, 'data');
    expect(String(output)).toBe('0 1 2');
  });

  test('does not outlive an agent that is killed', async () => {
    const shell = createTestShell(sandbox);
    const mark = uniqueSleep();
    const program = `
      import { createShellAdapter } from ${JSON.stringify(join(import.meta.dirname, '../src/shell/shell-adapter.ts'))};
      const scope = { invocationId: 'x', session: 'session', signal: new AbortController().signal, deadline: new Date() };
      const shell = createShellAdapter({ workspace: process.argv[1], sandbox: '${sandbox}' }).execute(scope);
      const script = 'setsid sleep ${mark} & mkfifo up; echo > up & sleep ${mark}';
      await shell.run(['bash', '-c', script], { folder: '.', timeoutMs: 60000, outputBytesMax: 999 });`;
    lend(sandbox, shell.path);
    const agent = spawn(process.execPath, ['--input-type=module', '-e', program, shell.path], { stdio: 'inherit' });
    await expect.poll(() => processesWith(mark).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    agent.kill('SIGKILL');
    await expect.poll(() => processesWith(mark), { timeout: 1000 }).toEqual([]);
  });

  test.each(['keeper', 'init'])('does not outlive its %s', async (which) => {
    const shell = createTestShell(sandbox);
    const mark = uniqueSleep();
    const run = shell.bash(`(setsid sleep ${mark} &); sleep ${mark} & sleep ${mark}`, { timeoutMs: 60_000 });
    await expect.poll(() => processesWith(`sleep\0${mark}`).length, { timeout: 10_000 }).toBe(3);
    const [keeper = ''] = processesWith(mark).filter((pid) => processesWith('sandbox.pl').includes(pid));
    const children = readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'latin1').trim();
    process.kill(Number(which === 'keeper' ? keeper : children), 'SIGKILL');
    await expect(run).resolves.toMatchObject({ signal: 'SIGKILL' });
    await expect.poll(() => processesWith(mark), { timeout: 1000 }).toEqual([]);
  });

  test('finds no way to speak for its keeper', async () => {
    const shell = createTestShell(sandbox);
    const { stdout } = await shell.bash(
      'for fd in 3 4 5 6 7 8 9 10; do (echo "exit 0" >&$fd) 2> /dev/null && echo $fd; done; exit 7',
    );
    expect(stdout).toBe('');
  });
});
