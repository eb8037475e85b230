// What a hostile command tries, from inside the sandbox, against the machine and the network.
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTestShell, describeSandboxed, lend, secret } from './shell-workspace.ts';
import { machine, numbers } from './system-calls.ts';

async function listening(server: Server, where: { port: number; host: string } | { path: string }): Promise<Server> {
  onTestFinished(() => void server.close());
  server.listen(where);
  await once(server, 'listening');
  return server;
}

describeSandboxed('a hostile command', (sandbox) => {
  test('reads nothing outside the workspace', async () => {
    const shell = createTestShell(sandbox);
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

  test('writes nothing outside the workspace and /tmp', async () => {
    const shell = createTestShell(sandbox);
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
      for file in /etc/passwd /bin/ls /dev/null "$(command -v node)"; do
        rm -f "$file" 2> /dev/null && echo "removed $file"
      done; exit 0`);
    expect(stdout).toBe('');
    expect(readFileSync(shell.secret, 'utf8')).toBe(secret);
  });

  test('changes nothing of a file outside, nor makes it its own', async () => {
    const shell = createTestShell(sandbox);
    symlinkSync(shell.secret, join(shell.path, 'link'));
    const look = () => {
      const { mode, mtimeMs, ctimeMs, uid, nlink, size } = statSync(shell.secret);
      return { mode, mtimeMs, ctimeMs, uid, nlink, size };
    };
    const before = look();
    const { stdout } = await shell.bash(`
      for file in '${shell.secret}' ../secret.txt link /proc/self/cwd/../secret.txt; do
        for tool in 'chmod 0' 'chmod 4777' 'touch' 'touch -d @1' 'truncate -s 0' 'setfattr -n user.x -v 1' 'chgrp 0'; do
          $tool "$file" 2> /dev/null && echo "did $tool $file"
        done
        rm "$file/" 2> /dev/null && echo "removed $file"
        ln -L "$file" linked 2> /dev/null && echo "linked $file"
        mv "$file/" moved 2> /dev/null && echo "moved $file"
        exec 9< . ; perl -e 'syscall(${numbers.x64.fchmodat2}, 9, my $f = "../secret.txt", 0, 0) == 0 and print "by descriptor"'
      done; exit 0`);
    expect(stdout).toBe('');
    expect(look()).toEqual(before);
  });

  test('changes nothing of a file that it may read', async () => {
    const node = join(mkdtempSync(join(tmpdir(), 'node-')), 'node');
    onTestFinished(() => rmSync(dirname(node), { recursive: true }));
    chmodSync(dirname(node), 0o711);
    copyFileSync('/bin/true', node);
    lend(sandbox, node);
    const before = statSync(node);
    const script = `open(F, "<", $ARGV[0]) or die; print chmod(0, *F), utime(1, 1, *F), chmod(0, $ARGV[0]), utime(1, 1, $ARGV[0])`;
    const shell = createTestShell(sandbox, {}, { node });
    const { stdout } = await shell.bash(`perl -e '${script}' "$(readlink -f "$(command -v node)")"`);
    expect(stdout).toBe('0000');
    expect(statSync(node)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs });
  });

  test('has no privilege, and gets none', async () => {
    const shell = createTestShell(sandbox);
    const { stdout, stderr } = await shell.bash(`
      perl -e '
        my ($header, $has) = (pack("LL", 0x20080522, 0), "x" x 24);
        syscall(${numbers[machine].capget}, $header, $has);
        print unpack("H*", $has), " ", map { syscall(${numbers[machine].prctl}, $_, 0, 0, 0, 0), " " } 39, 21'; id -u
      for tool in 'unshare --user true' 'unshare --mount true' 'unshare --net true' 'mount -t tmpfs none .' "mount --bind $TMPDIR ." \\
        'umount /usr' 'su -c id' 'chroot / true' 'nsenter -t 1 -m true' "mknod $TMPDIR/device b 8 0" 'mknod device c 1 1' \\
        'hostname owned' 'renice -n -10 $$' 'chown 0:0 .' 'sudo -n id' 'dmesg'; do
        $tool > /dev/null 2>&1 && echo "did $tool"
      done
      perl -e 'exit !(kill 9, 1)'; echo "init lives"; perl -e 'exit !kill(9, ${process.pid})' || echo "agent lives"`);
    expect(stdout.split('\n')).toEqual([`${'0'.repeat(48)} 1 2 ${shell.user}`, 'init lives', 'agent lives', '']);
    expect(stderr).toBe('');
  });

  test('finds no set-user-id program to run, and can make none', async () => {
    const shell = createTestShell(sandbox);
    const { stdout } = await shell.bash(`
      umask 0; cp /usr/bin/id mine && chmod 755 mine
      chmod u+s mine; chmod g+s mine; chmod 6755 mine; chmod 4755 .
      perl -e 'use Fcntl; sysopen(my $f, "made", O_CREAT|O_WRONLY, 04755)'
      perl -e 'syscall(${process.arch === 'x64' ? 85 : -1}, my $n = "created", 04755)'
      cp -p /usr/bin/su copied; tar -cf $TMPDIR/t.tar -C /usr/bin su; tar -xpf $TMPDIR/t.tar
      find . -perm /6000; ./mine -u`);
    expect(stdout).toBe(`${shell.user}\n`);
  });

  test('reaches no network of the host', async () => {
    const shell = createTestShell(sandbox);
    let calls = 0;
    const answering = (): Server =>
      createServer((socket) => {
        calls += 1;
        socket.end('reached');
      });
    const server = await listening(answering(), { port: 0, host: '127.0.0.1' });
    const abstract = `shell-test-${process.pid}`;
    await listening(answering(), { path: `\0${abstract}` });
    const path = join(dirname(shell.secret), 'socket');
    await listening(answering(), { path });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const script = `
      const net = require('node:net'), dns = require('node:dns');
      const tried = (name, socket) => socket.on('data', (d) => console.log(name, String(d))).on('error', (e) => console.log(name, e.code));
      tried('loopback', net.connect(${port}, '127.0.0.1'));
      tried('abstract', net.connect({ path: '\\0${abstract}' }));
      tried('path', net.connect({ path: '${path}' }));
      tried('outside', net.connect(80, '192.0.2.1'));
      tried('metadata', net.connect(80, '169.254.169.254'));
      tried('ipv6', net.connect(80, '2001:db8::1'));
      dns.lookup('example.com', (e) => console.log('dns', e?.code));
      try { console.log('interfaces', Object.keys(require('node:os').networkInterfaces()).join()) } catch { console.log('interfaces unknown') }`;
    const { stdout } = await shell.run(['node', '-e', script]);
    const refused = ['abstract', 'ipv6', 'loopback', 'metadata', 'outside', 'path'].map(
      (name) => `${name} EAFNOSUPPORT`,
    );
    const results = {
      namespaces: [
        'abstract ECONNREFUSED',
        'interfaces lo',
        'ipv6 ENETUNREACH',
        'loopback ECONNREFUSED',
        'metadata ENETUNREACH',
        'outside ENETUNREACH',
        'path ENOENT',
      ],
      landlock: [...refused, 'interfaces unknown'].sort(),
    };
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('dns')).sort()).toEqual(results[sandbox]);
    expect(lines.find((line) => line.startsWith('dns'))).toMatch(/^dns (EAI_AGAIN|ENOTFOUND)$/);
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
    const { stdout } = await createTestShell(sandbox).run([
      'perl',
      '-e',
      'for (@ARGV) { print "$_ " if socket(my $s, $_, 1, 0) || socket($s, $_, 3, 0) || $! != 97 } ',
      ...Object.values(families).map(String),
    ]);
    expect(stdout.trim()).toBe(sandbox === 'namespaces' ? '1 2 10 16' : '');
  });

  test.skipIf(process.arch !== 'x64')('makes no system call that the namespaces do not fence', async () => {
    const { keyctl, memfd, shmget, bpf, unshare, setns, uring } = numbers.x64;
    const calls = [`${keyctl}, 0, -3, 1`, `${memfd}, my $n = "x", 0`, `${shmget}, 0, 4096, 0600`, `${bpf}, 0, 0, 0`];
    const more = [`${unshare}, 0x10000000`, `${unshare}, 0x20000`, `${setns}, 0, 0`, `${uring}, 1, 0`];
    const script = [...calls, ...more]
      .map((call) => `print syscall(${call}) == -1 ? int($!) : "done", " ";`)
      .join('\n');
    const { stdout } = await createTestShell(sandbox).run(['perl', '-e', script]);
    expect(stdout.trim().split(' ')).toEqual(
      sandbox === 'namespaces'
        ? ['1', '38', '38', '1', '28', '1', '22', '38']
        : ['1', '38', '38', '1', '1', '1', '1', '38'],
    );
    const compat = await createTestShell(sandbox).run(['perl', '-e', 'syscall(0x40000000 | 39); print "alive"']);
    expect(compat).toMatchObject({ signal: 'SIGSYS', stdout: '' });
  });

  test('changes no setting of the machine', async () => {
    const name = '/proc/sys/kernel/hostname';
    const before = readFileSync(name, 'latin1');
    const { stdout } = await createTestShell(sandbox).bash(`
      for file in $(find /proc/sys /proc/irq /proc/bus /proc/fs /proc/sysrq-trigger /proc/self/oom_score_adj -type f); do
        (: >> "$file") 2> /dev/null && echo "$file"
      done; ls /sys 2>&1`);
    expect(stdout).toMatch(/^ls: cannot (access|open directory) '\/sys'/);
    expect(readFileSync(name, 'latin1')).toBe(before);
  });

  test('sees a hidden folder empty, even within /usr', async () => {
    const { stdout } = await createTestShell(sandbox, {}, { hidden: ['/usr/share'] }).bash(
      'ls -A /usr/share; ls /usr/bin/env; touch /usr/share/x',
    );
    expect(stdout).toBe('/usr/bin/env\n');
    // The workspace may lie in what is hidden, or be it: it is the command's all the same.
    const { path } = createTestShell(sandbox);
    const own = createTestShell(sandbox, {}, { workspace: path, hidden: [path, dirname(path)] });
    lend(sandbox, path);
    expect((await own.bash('touch made; ls')).stdout).toBe('made\n');
  });
});
