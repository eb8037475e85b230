// What a hostile command tries, from inside the sandbox, against the machine, the agent and the network.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { canSandbox, createTestShell, processesWith, secret, uniqueSleep } from './shell-workspace.ts';

/** System calls by number, for what no program offers. */
const numbers = { x64: { keyctl: 250, memfd: 319, shmget: 29, bpf: 321, unshare: 272, setns: 308, uring: 425 } };

async function listening(server: Server, where: { port: number; host: string } | { path: string }): Promise<Server> {
  onTestFinished(() => void server.close());
  server.listen(where);
  await once(server, 'listening');
  return server;
}

describe.skipIf(!canSandbox)('a hostile command', () => {
  test('reads nothing outside the workspace', async () => {
    const shell = createTestShell();
    symlinkSync(shell.secret, join(shell.path, 'link'));
    symlinkSync(dirname(shell.secret), join(shell.path, 'folder'));
    symlinkSync('/etc/shadow', join(shell.path, 'shadow'));
    const tries = [shell.secret, 'link', 'folder/secret.txt', '../secret.txt', '/workspace/../secret.txt', 'shadow'];
    const system = [
      '/etc/shadow',
      '/etc/ssh',
      '/root',
      '/home',
      '/var',
      '/run',
      '/sys',
      '/proc/kcore',
      '/boot',
      '/mnt',
      '/opt/x',
    ];
    for (const path of [...tries, ...system]) {
      const { stdout } = await shell.run([
        'bash',
        '-c',
        'cat "$1" || find -L "$1" -type f -exec cat {} +',
        'bash',
        path,
      ]);
      expect([path, stdout]).toEqual([path, '']);
    }
    const everything = await shell.bash(
      `grep -rIl 'canary-3f1d' / --exclude-dir=usr --exclude-dir=proc 2>/dev/null; find / -xdev -maxdepth 1`,
    );
    expect(everything.stdout.split('\n').sort().join(' ')).toMatch(
      /^( \/(bin|dev|etc|lib\w*|opt|proc|sbin|tmp|usr|workspace)?)+$/,
    );
  });

  test('reads nothing of the agent or of any process outside', async () => {
    const shell = createTestShell();
    process.env['SHELL_TEST_CANARY'] = secret;
    const result = await shell.bash(`
      cat /proc/*/environ | tr '\\0' '\\n'; cat /proc/1/environ; ls /proc/1/fd /proc/1/root /proc/1/cwd; cat /proc/1/maps /proc/1/mem
      ls -d /proc/[0-9]*; cat /proc/${process.pid}/cmdline; cat /proc/*/cmdline | tr '\\0' ' '`);
    expect(result.stdout).not.toContain('canary');
    expect(result.stdout).not.toContain(process.execPath);
    expect(result.stdout).not.toContain(shell.path);
    expect(result.stdout.match(/^\/proc\/\d+$/gm)?.length).toBeLessThan(10);
    expect(result.stderr).toMatch(/\/proc\/1\/environ: Permission denied/);
    expect(result.stderr).toMatch(/'\/proc\/1\/root': Permission denied/);
    expect(result.stderr).toContain('/proc/1/mem: Permission denied');
  });

  test('writes nothing outside the workspace and /tmp', async () => {
    const shell = createTestShell();
    const places = [
      '/',
      '/usr',
      '/usr/bin',
      '/etc',
      '/dev',
      '/opt',
      '/opt/switchboard/bin',
      '/proc',
      '/lib/',
      dirname(shell.secret),
    ];
    const { stdout } = await shell.bash(`
      for place in ${places.map((place) => `'${place}'`).join(' ')}; do
        (: > "$place/owned") 2> /dev/null && echo "wrote $place"
        chmod 777 "$place" 2> /dev/null && echo "changed $place"
      done
      for file in /etc/passwd /bin/ls /dev/null /opt/switchboard/bin/node; do
        rm -f "$file" 2> /dev/null && echo "removed $file"
      done; exit 0`);
    expect(stdout).toBe('');
    expect(readFileSync(shell.secret, 'utf8')).toBe(secret);
  });

  test('has no privilege, and gets none', async () => {
    const shell = createTestShell();
    const { stdout, stderr } = await shell.bash(`
      grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | cut -f2 | sort -u | tr '\\n' ' '; id -u
      for tool in 'unshare --user true' 'unshare --mount true' 'unshare --net true' 'mount -t tmpfs none /tmp' 'mount --bind /tmp /workspace' \\
        'umount /usr' 'su -c id' 'chroot / true' 'nsenter -t 1 -m true' 'mknod /tmp/device b 8 0' 'mknod device c 1 1' \\
        'hostname owned' 'renice -n -10 $$' 'chown 0:0 /workspace' 'sudo -n id' 'dmesg'; do
        $tool > /dev/null 2>&1 && echo "did $tool"
      done
      perl -e 'exit !(kill 9, 1)'; echo "init lives"; perl -e 'exit !kill(9, ${process.pid})' || echo "agent lives"`);
    expect(stdout.split('\n')).toEqual(['0000000000000000 1 2 1000', 'init lives', 'agent lives', '']);
    expect(stderr).toBe('');
  });

  test('finds no set-user-id program to run, and can make none', async () => {
    const shell = createTestShell();
    const { stdout } = await shell.bash(`
      umask 0; cp /usr/bin/id mine && chmod 755 mine
      chmod u+s mine; chmod g+s mine; chmod 6755 mine; chmod 4755 .
      perl -e 'use Fcntl; sysopen(my $f, "made", O_CREAT|O_WRONLY, 04755)'
      perl -e 'syscall(${process.arch === 'x64' ? 85 : -1}, my $n = "created", 04755)'
      cp -p /usr/bin/su copied; tar -cf /tmp/t.tar -C /usr/bin su; tar -xpf /tmp/t.tar
      find . -perm /6000; ./mine -u`);
    expect(stdout).toBe('1000\n');
  });

  test('reaches no network of the host', async () => {
    const shell = createTestShell();
    let calls = 0;
    const answering = (): Server =>
      createServer((socket) => {
        calls += 1;
        socket.end('reached');
      });
    const server = await listening(answering(), { port: 0, host: '127.0.0.1' });
    const abstract = `shell-test-${process.pid}`;
    await listening(answering(), { path: `\0${abstract}` });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const script = `
      const net = require('node:net'), dns = require('node:dns');
      const tried = (name, socket) => socket.on('data', (d) => console.log(name, String(d))).on('error', (e) => console.log(name, e.code));
      tried('loopback', net.connect(${port}, '127.0.0.1'));
      tried('abstract', net.connect({ path: '\\0${abstract}' }));
      tried('outside', net.connect(80, '192.0.2.1'));
      tried('metadata', net.connect(80, '169.254.169.254'));
      tried('ipv6', net.connect(80, '2001:db8::1'));
      dns.lookup('example.com', (e) => console.log('dns', e?.code));
      console.log('interfaces', Object.keys(require('node:os').networkInterfaces()).join());`;
    const { stdout } = await shell.run(['node', '-e', script]);
    expect(stdout.trim().split('\n').sort()).toEqual([
      'abstract ECONNREFUSED',
      expect.stringMatching(/^dns (EAI_AGAIN|ENOTFOUND)$/),
      'interfaces lo',
      'ipv6 ENETUNREACH',
      'loopback ECONNREFUSED',
      'metadata ENETUNREACH',
      'outside ENETUNREACH',
    ]);
    expect(calls).toBe(0);
  });

  test('opens no socket to the hypervisor, to devices or to the kernel', async () => {
    const families = {
      local: 1,
      inet: 2,
      inet6: 10,
      netlink: 16,
      key: 15,
      packet: 17,
      bluetooth: 31,
      alg: 38,
      vsock: 40,
      xdp: 44,
    };
    const { stdout } = await createTestShell().run([
      'perl',
      '-e',
      'for (@ARGV) { print "$_ " if socket(my $s, $_, 1, 0) || socket($s, $_, 3, 0) || $! != 97 } ',
      ...Object.values(families).map(String),
    ]);
    expect(stdout.trim().split(' ').map(Number)).toEqual([1, 2, 10, 16]);
  });

  test.skipIf(process.arch !== 'x64')('makes no system call that the namespaces do not fence', async () => {
    const { keyctl, memfd, shmget, bpf, unshare, setns, uring } = numbers.x64;
    const calls = [`${keyctl}, 0, -3, 1`, `${memfd}, my $n = "x", 0`, `${shmget}, 0, 4096, 0600`, `${bpf}, 0, 0, 0`];
    const more = [`${unshare}, 0x10000000`, `${unshare}, 0x20000`, `${setns}, 0, 0`, `${uring}, 1, 0`];
    const script = [...calls, ...more]
      .map((call) => `print syscall(${call}) == -1 ? int($!) : "done", " ";`)
      .join('\n');
    const { stdout } = await createTestShell().run(['perl', '-e', script]);
    expect(stdout.trim().split(' ')).toEqual(['1', '38', '38', '1', '28', '1', '22', '38']);
    const compat = await createTestShell().run(['perl', '-e', 'syscall(0x40000000 | 39); print "alive"']);
    expect(compat).toMatchObject({ signal: 'SIGSYS', stdout: '' });
  });

  test('changes no setting of the machine', async () => {
    const name = '/proc/sys/kernel/hostname';
    const before = readFileSync(name, 'latin1');
    const { stdout } = await createTestShell().bash(`
      for file in $(find /proc/sys /proc/irq /proc/bus /proc/fs /proc/sysrq-trigger /proc/self/oom_score_adj -type f); do
        (: >> "$file") 2> /dev/null && echo "$file"
      done; cat /proc/self/oom_score_adj; ls /sys 2>&1`);
    expect(stdout).toMatch(/^1000\nls: cannot access '\/sys'/);
    expect(readFileSync(name, 'latin1')).toBe(before);
  });

  test('sees a hidden folder empty, even within /usr', async () => {
    const { stdout } = await createTestShell({}, { hidden: ['/usr/share'] }).bash(
      'ls -A /usr/share; ls /usr/bin/env; touch /usr/share/x',
    );
    expect(stdout).toBe('/usr/bin/env\n');
  });

  test('inherits no descriptor that the agent was started with', async () => {
    const shell = createTestShell();
    const program = `
      import { createShellAdapter } from ${JSON.stringify(join(import.meta.dirname, '../src/shell/shell-adapter.ts'))};
      const scope = { invocationId: 'x', signal: new AbortController().signal, deadline: new Date() };
      const shell = createShellAdapter({ workspace: process.argv[1] }).execute(scope);
      const open = 'print join " ", grep { -l "/proc/self/fd/$_" } 0 .. 1023';
      const run = await shell.run(['perl', '-e', open], { folder: '.', timeoutMs: 9000, outputBytesMax: 999 });
      process.stdout.write(run.stdout);`;
    // A folder outside, on a descriptor far from the others, as a careless parent leaves it.
    const script = 'exec 99< "$1"; exec "$2" --input-type=module -e "$3" "$4"';
    const args = ['-c', script, 'sh', dirname(shell.secret), process.execPath, program, shell.path];
    const child = spawn('bash', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await once(child.stdout, 'data');
    expect(String(output)).toBe('0 1 2');
  });

  test('does not outlive an agent that is killed', async () => {
    const shell = createTestShell();
    const mark = uniqueSleep();
    const program = `
      import { createShellAdapter } from ${JSON.stringify(join(import.meta.dirname, '../src/shell/shell-adapter.ts'))};
      const scope = { invocationId: 'x', signal: new AbortController().signal, deadline: new Date() };
      const shell = createShellAdapter({ workspace: process.argv[1] }).execute(scope);
      const script = 'setsid sleep ${mark} & mkfifo up; echo > up & sleep ${mark}';
      await shell.run(['bash', '-c', script], { folder: '.', timeoutMs: 60000, outputBytesMax: 999 });`;
    const agent = spawn(process.execPath, ['--input-type=module', '-e', program, shell.path], { stdio: 'inherit' });
    await expect.poll(() => processesWith(mark).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    agent.kill('SIGKILL');
    await expect.poll(() => processesWith(mark), { timeout: 1000 }).toEqual([]);
  });

  test('finds no way to speak for its keeper', async () => {
    const shell = createTestShell();
    const { stdout } = await shell.bash(
      'for fd in 3 4 5 6 7 8 9 10; do (echo "exit 0" >&$fd) 2> /dev/null && echo $fd; done; exit 7',
    );
    expect(stdout).toBe('');
  });
});
