// A real Tryton server with a small shop in it, for tests: each one its own copy, on a free port of 127.0.0.1.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { sha256 } from '@switchboard/contract';
import { dieWithParent, onFreePort, type ServerProcess, startServer } from '@switchboard/embedded';
import { projectRoot } from '../project-root.ts';
import { type TempFolder, tempFolder } from '../temp-folder.ts';
import { type DebianPackages, debianPackages } from './debian.ts';
import { holdingLock } from './file-lock.ts';
import { modules, setUpShop, type TrytonRpc } from './tryton-shop.ts';

const database = 'shop';
const admin = { user: 'admin', password: 'admin-of-the-shop' };
const prepareMsMax = 300_000;
const readyMsMax = 120_000;

const python = 'python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-pkg-resources python3-six';
const libraries =
  'libexpat1 libffi8 libicu72 libmagic-mgc libmagic1 libsqlite3-0 libssl3 libxml2 libxslt1.1 python3-cffi-backend';
const needed =
  'bcrypt dateutil defusedxml genshi lxml magic markupsafe passlib polib relatorio simpleeval sql stdnum werkzeug wrapt';
const parts =
  'account account-invoice account-invoice-stock account-product company country currency party product sale stock';
const packages = [
  ...`${python} ${libraries}`.split(' '),
  ...needed.split(' ').map((name) => `python3-${name}`),
  'tryton-server',
  ...parts.split(' ').map((name) => `tryton-modules-${name}`),
];

export interface Tryton {
  /** With the database as its path: `http://127.0.0.1:20000/shop/`. */
  readonly url: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** As `admin`, over a connection of its own. */
  readonly rpc: TrytonRpc;
  /** Ends every login, as time does. */
  endSessions(): void;
  /** Stops it in its tracks: connections are taken by the system and not answered. */
  pause(): void;
  resume(): void;
  /** As a crash does it. */
  kill9(): Promise<void>;
  /** Stops it if it runs, and starts it on the same port. */
  restart(): Promise<void>;
  /** And removes its files. May be called again. */
  stop(): Promise<void>;
}

type Unpacked = Exclude<DebianPackages, { missing: string }>;

/** Why this machine cannot run it, for the name of a skipped test; undefined when it can. Never throws. */
export async function whyNoTryton(): Promise<string | undefined> {
  try {
    const unpacked = await debianPackages({ name: 'tryton', packages });
    if (unpacked.missing !== undefined) return unpacked.missing;
    await preparedShop(unpacked);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Ends with this process. Throws where `whyNoTryton` says why, and StartError. */
export async function startTryton(): Promise<Tryton> {
  const unpacked = await debianPackages({ name: 'tryton', packages });
  if (unpacked.missing !== undefined) throw new Error(unpacked.missing);
  const folder = await tempFolder();
  await copyFile(await preparedShop(unpacked), join(folder.path, `${database}.sqlite`));
  return await serve(unpacked, folder);
}

async function serve(unpacked: Unpacked, folder: TempFolder): Promise<Tryton> {
  const { path } = folder;
  let used = 0;
  let server = await onFreePort(undefined, (port) => {
    used = port;
    return run(unpacked, path, port);
  });
  const url = `http://127.0.0.1:${used}/${database}/`;
  return {
    ...admin,
    url,
    port: used,
    rpc: administrator(url),
    endSessions() {
      const file = new DatabaseSync(join(path, `${database}.sqlite`), { timeout: 5_000 });
      file.exec('DELETE FROM ir_session');
      file.close();
    },
    pause: () => void process.kill(server.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.pid, 'SIGCONT'),
    async kill9() {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    async restart() {
      await server.stop();
      server = await run(unpacked, path, used);
    },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}

/** The SQLite file that every test copies: made once for this set-up of the shop, by whoever needs it first. */
async function preparedShop(unpacked: Unpacked): Promise<string> {
  const setUp = await readFile(new URL('./tryton-shop.ts', import.meta.url), 'utf8');
  const cache = join(projectRoot, '.cache', 'peers');
  const file = join(cache, `tryton-shop-${sha256(setUp + packages.join()).slice(0, 16)}.sqlite`);
  if (existsSync(file)) return file;
  await holdingLock(join(cache, 'tryton-shop.lock'), prepareMsMax, async () => {
    if (!existsSync(file)) await prepareShop(unpacked, file);
  });
  return file;
}

async function prepareShop(unpacked: Unpacked, file: string): Promise<void> {
  const folder = await tempFolder();
  const made = join(folder.path, `${database}.sqlite`);
  try {
    await writeFile(made, '');
    await writeFile(join(folder.path, 'password'), admin.password);
    const conf = await configure(folder.path, 1);
    const initialise = ['-c', conf, '-d', database, '--email', 'admin@example.org', '--activate-dependencies', '-u'];
    const [command = '', ...args] = programOf(unpacked, 'trytond-admin', [...initialise, 'ir', 'res', ...modules]);
    const env = { ...environment(unpacked), TRYTONPASSFILE: join(folder.path, 'password') };
    await promisify(execFile)(command, args, { env, timeout: prepareMsMax });
    const tryton = await serve(unpacked, { path: folder.path, remove: async () => {} });
    try {
      await setUpShop(tryton.rpc);
    } finally {
      await tryton.stop();
    }
    await copyFile(made, `${file}.part`);
    await rename(`${file}.part`, file);
  } finally {
    await folder.remove();
  }
}

function programOf({ root }: Unpacked, name: string, args: readonly string[]): string[] {
  return [join(root, 'usr/bin/python3.11'), join(root, 'usr/bin', name), ...args];
}

/** Its own Python, and nothing of the machine's. */
function environment({ root, libraryPath }: Unpacked): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    LD_LIBRARY_PATH: libraryPath,
    MAGIC: join(root, 'usr/lib/file/magic.mgc'),
    PYTHONHOME: join(root, 'usr'),
    PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
    PYTHONNOUSERSITE: '1',
  };
}

async function configure(path: string, port: number): Promise<string> {
  const conf = join(path, 'trytond.conf');
  const lines = ['[database]', 'uri = sqlite://', `path = ${path}`, '[web]', `listen = 127.0.0.1:${port}`, ''];
  await mkdir(path, { recursive: true });
  await writeFile(conf, lines.join('\n'));
  return conf;
}

async function run(unpacked: Unpacked, path: string, port: number): Promise<ServerProcess> {
  const conf = await configure(path, port);
  return await startServer({
    name: 'Tryton',
    argv: dieWithParent('SIGKILL', programOf(unpacked, 'trytond', ['-c', conf, '-d', database, '-v'])),
    env: environment(unpacked),
    cwd: path,
    ready: /Running on http/,
    readyMsMax,
    // It may be paused; what it had not committed is rolled back.
    stopSignals: [],
  });
}

/** Logs in at the first call. */
function administrator(url: string): TrytonRpc {
  let authorization: Promise<string> | undefined;
  const post = async (method: string, params: unknown[], key?: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', ...(key && { authorization: key }) };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ id: 1, method, params }) });
    const answer: unknown = response.ok ? await response.json() : { error: response.status };
    if (typeof answer !== 'object' || answer === null || !('result' in answer)) {
      throw new Error(`${method}: ${JSON.stringify(answer)}`);
    }
    return answer.result;
  };
  const login = async (): Promise<string> => {
    const session = await post('common.db.login', [admin.user, { password: admin.password }, 'en']);
    if (!Array.isArray(session)) throw new Error('Tryton gave no session');
    return `Session ${Buffer.from([admin.user, ...session].join(':')).toString('base64')}`;
  };
  return async (method, ...args) => {
    authorization ??= login();
    const key = await authorization;
    const context = { language: 'en', company: 1 };
    return await post(method, [...args, context], key);
  };
}
