// A real IMAP server for tests: Dovecot, over Maildir folders that a test can put mails into.
import { randomInt } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dieWithParent, onFreePort, type ServerProcess, startServer } from '@switchboard/embedded';
import { type TempFolder, tempFolder } from '../temp-folder.ts';
import { asInstalled, type DebianPackages, installedPackages } from './debian.ts';
import { deliverTo } from './maildir.ts';

/** For `describe.skipIf`: all that this server needs, or why this machine does not have it. */
export function dovecotPackages(): Promise<DebianPackages> {
  const server = ['dovecot-core', 'dovecot-imapd', 'dovecot-lmtpd'];
  return installedPackages({
    name: 'dovecot',
    packages: [...server, 'libexttextcat-2.0-0', 'liblua5.4-0', 'libwrap0'],
  });
}

export interface DovecotOptions {
  /** Of everybody: whoever logs in with it has a mailbox. */
  readonly password: string;
  /** PEM files: it then takes no password without STARTTLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export interface Dovecot {
  /** Both the same after a restart. */
  readonly port: number;
  readonly lmtpPort: number;
  /** Puts a mail into somebody's inbox. */
  deliver(user: string, raw: string | Uint8Array): Promise<void>;
  /** Somebody's Maildir. */
  folderOf(user: string): string;
  /** Gives all mails of somebody's inbox new numbers, as a server does whose index was lost; nobody may have it open. */
  renumber(user: string): Promise<void>;
  /** As a crash does it, with all connections. */
  kill9(): Promise<void>;
  /** Stops it if it runs, and starts it on the same ports. */
  restart(): Promise<void>;
  halt(): Promise<void>;
  /** And removes its files. May be called again. */
  stop(): Promise<void>;
}

/** Throws StartError, or an Error with what `dovecotPackages` says is missing. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const packages = await dovecotPackages();
  if (packages.missing !== undefined) throw new Error(packages.missing);
  const { root } = packages;
  const folder = await tempFolder();
  await mkdir(join(folder.path, 'mail'));
  const lmtpPort = randomInt(20_000, 32_768);
  let { port, server } = await onFreePort(undefined, async (port) => ({
    port,
    server: await launch(root, folder, { port, lmtpPort, options }),
  }));
  const folderOf = (user: string): string => join(folder.path, 'mail', user);
  return {
    port,
    lmtpPort,
    folderOf,
    deliver: (user, raw) => deliverTo(folderOf(user), raw),
    async renumber(user) {
      const validity = randomInt(2, 2 ** 31);
      const files = (await readdir(folderOf(user))).filter((name) =>
        /^dovecot(-uidlist|-uidvalidity|\.index)/.test(name),
      );
      for (const name of files) await rm(join(folderOf(user), name), { force: true });
      await writeFile(join(folderOf(user), 'dovecot-uidlist'), `3 V${validity} N1 G${'0'.repeat(31)}2\n`);
    },
    async kill9() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    halt: () => server.stop(),
    async restart() {
      await server.stop();
      server = await onFreePort(port, () => launch(root, folder, { port, lmtpPort, options }));
    },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}

interface Ports {
  readonly port: number;
  readonly lmtpPort: number;
  readonly options: DovecotOptions;
}

async function launch(root: string, { path }: TempFolder, ports: Ports): Promise<ServerProcess> {
  const conf = join(path, 'dovecot.conf');
  await writeFile(conf, configuration(path, ports));
  return startServer({
    name: 'dovecot',
    argv: asInstalled(root, dieWithParent('SIGTERM', ['/usr/sbin/dovecot', '-F', '-c', conf])),
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    cwd: path,
    ready: /starting up for/,
    readyMsMax: 20_000,
    stopSignals: [['SIGTERM', 5_000]],
  });
}

function configuration(folder: string, { port, lmtpPort, options }: Ports): string {
  const { tls } = options;
  return `
protocols = imap lmtp
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
auth_mechanisms = plain
auth_username_format = %u
${tls === undefined ? 'ssl = no\ndisable_plaintext_auth = no' : `ssl = required\nssl_cert = <${tls.certFile}\nssl_key = <${tls.keyFile}`}
mail_location = maildir:${folder}/mail/%u
passdb {
  driver = static
  args = password=${options.password}
}
userdb {
  driver = static
  args = home=${folder}/mail/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Archive {
    auto = create
    special_use = \\Archive
  }
  mailbox Sent {
    auto = create
    special_use = \\Sent
  }
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
`;
}
