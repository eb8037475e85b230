// Programs run in the workspace as a person would expect, and their results are told exactly.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestShell, describeSandboxed } from './shell-workspace.ts';

describeSandboxed('a command', (sandbox) => {
  test('has a result: exit code, both outputs, their sizes and its duration', async () => {
    const result = await createTestShell(sandbox).bash('echo out; echo error >&2; exit 3');
    expect(result).toEqual({
      exitCode: 3,
      signal: undefined,
      stopped: undefined,
      stdout: 'out\n',
      stderr: 'error\n',
      stdoutBytes: 4,
      stderrBytes: 6,
      durationMs: expect.any(Number),
    });
  });

  test('that a signal ends has that signal, and no exit code', async () => {
    const result = await createTestShell(sandbox).bash('kill -SEGV $$');
    expect(result).toMatchObject({ exitCode: undefined, signal: 'SIGSEGV', stopped: undefined });
  });

  test('works on the files of the workspace, and leaves them to its owner', async () => {
    const shell = createTestShell(sandbox);
    writeFileSync(join(shell.path, 'a.txt'), 'three\none\ntwo\n');
    mkdirSync(join(shell.path, 'sub folder'));
    expect(await shell.bash('sort a.txt > "sub folder/b.txt" && rm a.txt && pwd')).toMatchObject({
      exitCode: 0,
      stdout: `${shell.inside}\n`,
    });
    const made = join(shell.path, 'sub folder/b.txt');
    expect(readFileSync(made, 'utf8')).toBe('one\nthree\ntwo\n');
    expect(statSync(made).uid).toBe(statSync(shell.path).uid);
    expect(statSync(made).gid).toBe(statSync(shell.path).gid);
  });

  test('runs in a folder of the workspace', async () => {
    const shell = createTestShell(sandbox);
    mkdirSync(join(shell.path, 'a/b c'), { recursive: true });
    expect((await shell.run(['pwd'], { folder: 'a/./b c/' })).stdout).toBe(`${shell.inside}/a/b c\n`);
    writeFileSync(join(shell.path, 'file'), '');
    for (const folder of ['none', 'file']) {
      await expect(shell.run(['pwd'], { folder })).rejects.toMatchObject({
        code: 'skill-failed',
        reason: 'not-folder',
      });
    }
    for (const folder of ['..', '/', '/etc', 'a/../..', '~', 'a\0b']) {
      await expect(shell.run(['pwd'], { folder })).rejects.toMatchObject({ reason: 'path-escapes' });
    }
  });

  test('that is not there, or is no program, is refused', async () => {
    const shell = createTestShell(sandbox);
    await expect(shell.run(['no-such-program'])).rejects.toMatchObject({ reason: 'not-found' });
    await expect(shell.run(['./no-such-file'])).rejects.toMatchObject({ reason: 'not-found' });
    await expect(shell.run(['/usr'])).rejects.toMatchObject({ reason: 'not-allowed' });
    await expect(shell.run([])).rejects.toThrow(TypeError);
    await expect(shell.run(['echo', 'a\0b'])).rejects.toThrow(TypeError);
  });

  test('has a small environment of its own', async () => {
    process.env['SHELL_TEST_SECRET'] = 'not for commands';
    const { stdout } = await createTestShell(sandbox).run(['env']);
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/=.*/, ''));
    const more = sandbox === 'landlock' ? ['GIT_CONFIG_NOSYSTEM'] : [];
    expect(names.sort()).toEqual([...more, 'HOME', 'LANG', 'PATH', 'TMPDIR']);
    if (sandbox === 'namespaces')
      expect(stdout.trim().split('\n').sort()).toEqual([
        'HOME=/tmp/home',
        'LANG=C.UTF-8',
        'PATH=/opt/switchboard/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
        'TMPDIR=/tmp',
      ]);
  });

  test('has nothing open but its three streams, and no terminal', async () => {
    const open = `perl -e 'print grep { -l "/proc/self/fd/$_" } 0 .. 1023'`;
    const { stdout } = await createTestShell(sandbox).bash(`${open}; echo; ls /dev; exec 2>&1; : < /dev/tty`);
    expect(stdout).toMatch(/^012\n/);
    expect(stdout).toMatch(/\/dev\/tty: (No such|Permission denied)/);
    const devices = 'fd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\nzero\n';
    if (sandbox === 'namespaces') expect(stdout).toContain(devices);
  });

  test('may open its streams by name', async () => {
    const result = await createTestShell(sandbox).bash('cat /dev/stdin > /dev/stdout; echo e > /dev/stderr', {
      stdin: 'in',
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'in', stderr: 'e\n' });
  });

  test('reads its input to the end, or none at all', async () => {
    const shell = createTestShell(sandbox);
    const long = 'wörds\n'.repeat(100_000);
    expect((await shell.run(['wc', '-c'], { stdin: long })).stdout.trim()).toBe(String(Buffer.byteLength(long)));
    expect(await shell.run(['cat'])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await shell.run(['true'], { stdin: long })).toMatchObject({ exitCode: 0 });
  });

  test('may write bytes that are no text', async () => {
    const written = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const argv = ['node', '-e', 'process.stdout.write(Buffer.from(Array.from({length: 256}, (_, n) => n)))'];
    const { stdout } = await createTestShell(sandbox).bytes(argv);
    expect(Buffer.from(stdout).equals(written)).toBe(true);
  });

  test('that writes more than is kept is counted whole', async () => {
    const result = await createTestShell(sandbox).bash('seq 100000; seq 10 >&2', { outputBytesMax: 10 });
    expect(result).toMatchObject({ exitCode: 0, stdout: '1\n2\n3\n4\n5\n', stdoutBytes: 588_895, stderrBytes: 21 });
  });

  test('may be 100 KB long, and not longer than the system takes', async () => {
    const shell = createTestShell(sandbox);
    const { stdout } = await shell.bash(`printf %s '${'x'.repeat(100_000)}' | wc -c`);
    expect(stdout.trim()).toBe('100000');
    await expect(shell.bash('#'.repeat(128 * 1024))).rejects.toMatchObject({ reason: 'too-large' });
    const many = Array.from({ length: 11 }, () => 'x'.repeat(100_000));
    await expect(shell.run(['echo', ...many])).rejects.toMatchObject({ reason: 'too-large' });
  });

  test.each([
    [['sh', '-c', 'echo $((6 * 7))']],
    [['perl', '-e', 'print 6 * 7, "\n"']],
    [['node', '-p', '6 * 7']],
    [['node', '--input-type=module', '-e', 'import os from "node:os"; os.cpus(); console.log(6 * 7)']],
  ])('may be %j', async (argv) => {
    expect(await createTestShell(sandbox).run(argv)).toMatchObject({ exitCode: 0, stdout: '42\n', stderr: '' });
  });

  test('has a folder for temporary files and a home of its own, empty each time, and gone afterwards', async () => {
    const shell = createTestShell(sandbox);
    const script =
      'ls -A $TMPDIR | grep -v home; ls -A ~; touch $TMPDIR/left ~/left && cd && chmod 0 ~ && echo $TMPDIR';
    const folders = [];
    for (const _ of [1, 2]) {
      const { stdout } = await shell.bash(script);
      expect(stdout).toMatch(/^\/\S+\n$/);
      folders.push(stdout.trim());
    }
    if (sandbox === 'namespaces') expect(folders).toEqual(['/tmp', '/tmp']);
    else expect(folders.filter((folder) => existsSync(join(folder, '..')))).toEqual([]);
  });

  test('sets modes and times of its files, by every call there is for it', async () => {
    const shell = createTestShell(sandbox);
    const { stdout, stderr } = await shell.bash(`
      mkdir -p a/b && echo 'echo ran' > a/run && chmod 755 a/run && a/run && cd a && ln -s run link && chmod 700 link && chmod 750 ../a
      echo > open && perl -e 'open(F, "<open"); chmod(0640, *F); utime(4, 4000, *F)' && stat -c '%a %Y %n' open
      touch -d @1000 run b && touch -h -d @2000 link && perl -e 'utime(3, 3000, "b")' && chmod 0 b && chmod 711 b
      cd "$TMPDIR" && touch t && chmod 600 t && stat -c '%a %n' t && cd && touch t && chmod 604 t && stat -c '%a %n' t
      cd ${JSON.stringify(shell.inside)} && stat -c '%a %Y %n' a/run a/link a/b && stat -c %a a && chmod 600 none`);
    expect(stdout.split('\n')).toEqual([
      'ran',
      '640 4000 open',
      '600 t',
      '604 t',
      '700 1000 a/run',
      '777 2000 a/link',
      '711 3000 a/b',
      '750',
      '',
    ]);
    expect(stderr).toMatch(/^chmod: cannot access 'none': No such file or directory\n$/);
  });

  test.skipIf(sandbox === 'landlock')('may talk to itself over the network', async () => {
    const script = `
      const net = require('node:net');
      const server = net.createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1', () => {
        net.connect(server.address().port, '127.0.0.1').on('data', (data) => { console.log(String(data)); server.close(); });
      });`;
    expect((await createTestShell(sandbox).run(['node', '-e', script])).stdout).toBe('hello\n');
  });

  test('runs beside others', async () => {
    const shell = createTestShell(sandbox);
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, n) => shell.bash(`echo ${n} > $TMPDIR/n; cat $TMPDIR/n; exit ${n}`)),
    );
    expect(runs.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(runs.map((_, n) => [`${n}\n`, n]));
  });
});

test('without a workspace there is no adapter', () => {
  const shell = createTestShell('landlock');
  writeFileSync(join(shell.path, 'file'), '');
  expect(() => createTestShell('landlock', {}, { workspace: join(shell.path, 'file') })).toThrow(/is not a folder/);
  expect(() => createTestShell('landlock', {}, { workspace: join(shell.path, 'none') })).toThrow(/ENOENT/);
});
