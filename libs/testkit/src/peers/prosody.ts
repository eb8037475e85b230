// Prosody, a real XMPP server, for tests: in a folder of its own, on free ports of 127.0.0.1.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dieWithParent, onFreePort, type ServerProcess, startServer } from '@switchboard/embedded';
import { tempFolder } from '../temp-folder.ts';
import { type DebianPackages, debianPackages } from './debian.ts';

const host = 'example.org';
const stanzaBytesMax = 4 * 1024 * 1024;

export interface Prosody {
  /** Plain, with STARTTLS where a certificate was given: `xmpp://127.0.0.1:20000`. */
  readonly service: string;
  /** TLS from the first byte: `xmpps://127.0.0.1:20001`; only with a certificate. */
  readonly tlsService: string;
  /** `example.org`: addresses are `name@example.org`. */
  readonly host: string;
  /** Of now: it changes with a restart. */
  readonly pid: number;
  /** May be called while it runs, and again with another password. */
  setPassword(name: string, password: string): Promise<void>;
  /** The texts in somebody's archive, oldest first; only those without quotes and backslashes. */
  archived(name: string): Promise<string[]>;
  /** As a crash does it: what it had only in its memory is lost. */
  kill9(): Promise<void>;
  /** Stops it if it runs, and starts it on the same ports with the same messages. */
  restart(): Promise<void>;
  /** And removes its files. May be called again. */
  stop(): Promise<void>;
}

export interface ProsodyOptions {
  /** Name → password. */
  readonly users: Readonly<Record<string, string>>;
  /** PEM files; without them there is no TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** `mam` is the archive, XEP-0313. */
  readonly without?: readonly ('mam' | 'smacks' | 'offline')[];
}

/** For `describe.skipIf`: all that this server needs, or why this machine does not have it. */
export function prosodyPackages(): Promise<DebianPackages> {
  const lua = ['lua5.4', 'lua-bitop', 'lua-expat', 'lua-filesystem', 'lua-sec', 'lua-socket'];
  return debianPackages({ name: 'prosody', packages: ['prosody', ...lua] });
}

/** Ends with this process. Throws StartError, or an Error with what `prosodyPackages` says is missing. */
export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const unpacked = await prosodyPackages();
  if (unpacked.missing !== undefined) throw new Error(unpacked.missing);
  const { root, libraryPath } = unpacked;
  const folder = await tempFolder();
  const dir = folder.path;
  const data = join(dir, 'data', host.replace('.', '%2e'));
  const accounts = join(data, 'accounts');
  await mkdir(accounts, { recursive: true });
  await writeFile(join(dir, 'prosody'), await programFor(root));
  const setPassword = (name: string, password: string): Promise<void> =>
    writeFile(join(accounts, `${name}.dat`), accountOf(password));
  for (const [name, password] of Object.entries(options.users)) await setPassword(name, password);

  const start = (ports: { plain: number; tls: number }): Promise<ServerProcess> =>
    run(root, libraryPath, dir, ports, options);
  const ports = { plain: 0, tls: 0 };
  let server = await onFreePort(undefined, (plain) =>
    onFreePort(undefined, (tls) => start(Object.assign(ports, { plain, tls }))),
  );
  return {
    service: `xmpp://127.0.0.1:${ports.plain}`,
    tlsService: `xmpps://127.0.0.1:${ports.tls}`,
    host,
    get pid() {
      return server.pid;
    },
    setPassword,
    async archived(name) {
      const list = await readFile(join(data, 'archive', `${name}.list`), 'utf8').catch(() => '');
      return bodiesIn(list);
    },
    async kill9() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async restart() {
      await server.stop();
      server = await start(ports);
    },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}

/** As Prosody keeps it for SCRAM-SHA-1 (RFC 5802), with so few rounds that logging in takes no time. */
function accountOf(password: string): string {
  const [salt, iterations] = ['salt', 16];
  const salted = pbkdf2Sync(password, salt, iterations, 20, 'sha1');
  const keyOf = (name: string): Buffer => createHmac('sha1', salted).update(name).digest();
  const storedKey = createHash('sha1').update(keyOf('Client Key')).digest('hex');
  const fields = {
    iteration_count: iterations,
    salt,
    stored_key: storedKey,
    server_key: keyOf('Server Key').toString('hex'),
  };
  const lines = Object.entries(fields).map(([name, value]) => `\t["${name}"] = ${JSON.stringify(value)};\n`);
  return `return {\n${lines.join('')}};\n`;
}

/** Debian has written its folders into the program. */
async function programFor(root: string): Promise<string> {
  const program = await readFile(join(root, 'usr/bin/prosody'), 'utf8');
  return program.replaceAll(`'/usr/lib/prosody`, `'${root}/usr/lib/prosody`);
}

async function run(
  root: string,
  libraryPath: string,
  dir: string,
  ports: { plain: number; tls: number },
  options: ProsodyOptions,
): Promise<ServerProcess> {
  const conf = join(dir, 'prosody.cfg.lua');
  await writeFile(conf, render(dir, ports, options));
  const lua = join(root, 'usr/bin/lua5.4');
  // Its log goes to stdout.
  const program = ['sh', '-c', 'exec "$@" >&2', 'sh', lua, join(dir, 'prosody'), '-F', '--config', conf];
  return await startServer({
    name: 'prosody',
    argv: dieWithParent('SIGKILL', program),
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LD_LIBRARY_PATH: libraryPath,
      LUA_PATH: `${root}/usr/share/lua/5.4/?.lua;${root}/usr/share/lua/5.4/?/init.lua`,
      LUA_CPATH: `${libraryPath}/lua/5.4/?.so`,
    },
    cwd: dir,
    ready: options.tls === undefined ? /Activated service 'c2s' on [^n]/ : /Activated service 'c2s_direct_tls' on [^n]/,
    readyMsMax: 30_000,
    stopSignals: [['SIGTERM', 5_000]],
  });
}

function render(dir: string, ports: { plain: number; tls: number }, { tls, without = [] }: ProsodyOptions): string {
  const modules = ['roster', 'saslauth', 'disco', 'ping', 'carbons', 'posix', 'mam', 'smacks', 'offline'];
  const enabled = [...modules.filter((name) => !without.some((left) => left === name)), ...(tls ? ['tls'] : [])];
  const certificate = tls && `ssl = { certificate = ${quoted(tls.certificate)}; key = ${quoted(tls.key)} }`;
  return [
    'run_as_root = true',
    'interfaces = { "127.0.0.1" }',
    `c2s_ports = { ${ports.plain} }`,
    `c2s_direct_tls_ports = { ${tls ? ports.tls : ''} }`,
    `c2s_require_encryption = ${tls !== undefined}`,
    `c2s_stanza_size_limit = ${stanzaBytesMax}`,
    'allow_unencrypted_plain_auth = false',
    'authentication = "internal_hashed"',
    'storage = "internal"',
    `data_path = ${quoted(join(dir, 'data'))}`,
    `pidfile = ${quoted(join(dir, 'prosody.pid'))}`,
    `modules_enabled = { ${enabled.map(quoted).join('; ')} }`,
    'modules_disabled = { "s2s" }',
    'log = { { levels = { min = "info" }; to = "console" } }',
    ...(certificate === undefined ? [] : [certificate]),
    `VirtualHost ${quoted(host)}`,
    ...(certificate === undefined ? [] : [certificate]),
    '',
  ].join('\n');
}

/** Stanzas as Prosody keeps them: tables of Lua, whose fields come in any order, with the text on a line of its own. */
function bodiesIn(list: string): string[] {
  const elements = Array.from(list.matchAll(/\{(?:[^{}]|\{[^{}]*\})*\}/g), ([element]) => element);
  const bodies = elements.filter((element) => element.includes('["name"] = "body"'));
  return bodies.flatMap((body) => /^\s*"([^"\\]*)";$/m.exec(body)?.[1] ?? []);
}

/** A string of Lua; JSON's is one as long as nothing in it is out of the ordinary. */
const quoted = (text: string): string => JSON.stringify(text);
