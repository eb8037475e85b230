// The embedded PostgreSQL: durable, closed to strangers, and back after every kind of death.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Postgres, startPostgres } from '../src/index.ts';

let folder: string;
let dataDir: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard embedded '));
  dataDir = join(folder, 'postgres');
  const postgres = await startPostgres({ dataDir });
  await postgres.stop();
});

afterAll(() => rm(folder, { recursive: true }));

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Unlike kill(pid, 0), not true of a dead process that nobody has waited for. */
function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

async function withPostgres(use: (postgres: Postgres, log: string[]) => Promise<void>): Promise<void> {
  const log: string[] = [];
  const postgres = await startPostgres({ dataDir, onLog: (line) => log.push(line) });
  try {
    await use(postgres, log);
  } finally {
    await postgres.stop();
  }
}

test('syncs commits, checks pages, and wants a password of everybody', async () => {
  await withPostgres(async ({ url, port }) => {
    const { password } = new URL(url);
    expect(password.length).toBeGreaterThan(30);
    expect(await answers(port)).toBe(true);
    const rules = (await readFile(join(dataDir, 'pg_hba.conf'), 'utf8')).split('\n').filter((line) => /^\w/.test(line));
    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule).toMatch(/scram-sha-256$/);
    expect((await stat(join(dataDir, 'superuser.password'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    const listening = await readFile('/proc/net/unix', 'utf8');
    expect(listening).not.toContain(dataDir);
  });
});

test('the password and the data stay; stop may be called twice', async () => {
  const first = await startPostgres({ dataDir });
  await Promise.all([first.stop(), first.stop()]);
  expect(await first.exited).toEqual({ code: 0, signal: null });
  await first.stop();
  await withPostgres(async (second) => {
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });
});

test('recovers at once after kill -9', async () => {
  const killed = await startPostgres({ dataDir });
  process.kill(killed.pid, 'SIGKILL');
  expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await withPostgres(async ({ port }, log) => {
    expect(await answers(port)).toBe(true);
    expect(log.join('\n')).toContain('was not properly shut down');
  });
});

test('two never work on one folder', async () => {
  await withPostgres(async ({ pid }) => {
    const second = startPostgres({ dataDir, unusedMsMax: 100 });
    await expect(second).rejects.toMatchObject({ reason: 'in-use', message: expect.stringContaining(String(pid)) });
  });
});

test('one that is still stopping is waited for', async () => {
  const first = await startPostgres({ dataDir });
  const stopped = first.stop();
  await withPostgres(async ({ port }) => expect(await answers(port)).toBe(true));
  await stopped;
});

test('a lock file that names a stranger who lives does not keep it from starting', async () => {
  const killed = await startPostgres({ dataDir });
  process.kill(killed.pid, 'SIGKILL');
  await killed.exited;
  const lockFile = join(dataDir, 'postmaster.pid');
  const lines = (await readFile(lockFile, 'utf8')).split('\n');
  const stranger = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  await writeFile(lockFile, [String(stranger.pid), ...lines.slice(1)].join('\n'));
  await withPostgres(async ({ port }) => expect(await answers(port)).toBe(true));
  stranger.stdin.end();
});

test('a port that is taken is refused by name, and a free one is found by itself', async () => {
  await withPostgres(async ({ port }) => {
    const second = startPostgres({ dataDir: join(folder, 'second'), port, fsync: false });
    await expect(second).rejects.toMatchObject({ name: 'StartError', reason: 'port-taken' });
  });
});

test('a setting that PostgreSQL does not know is an error that shows its own words', async () => {
  const start = startPostgres({ dataDir, settings: { no_such_setting: '1' } });
  await expect(start).rejects.toMatchObject({ reason: 'failed', message: expect.stringContaining('no_such_setting') });
});

test('a data folder that was half made is made again', async () => {
  const fresh = join(folder, 'fresh');
  await writeFile(join(folder, 'fresh.new'), 'left by a power cut');
  const postgres = await startPostgres({ dataDir: fresh, fsync: false });
  await postgres.stop();
  expect(await readdir(folder)).not.toContain('fresh.new');
  expect(await readdir(folder)).not.toContain('fresh.new.password');
});

test('kill -9 of its parent stops it cleanly', async () => {
  const program = `import { startPostgres } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const { pid } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(pid);`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000, interval: 20 });
  await withPostgres(async (_postgres, log) => {
    expect(log.join('\n')).toContain('database system was shut down');
  });
});

test.skipIf(process.getuid?.() !== 0)('root without user namespaces, below a private folder, is told so', async () => {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'unshare'), '#!/bin/sh\necho unshare failed: Operation not permitted >&2\nexit 1\n');
  await chmod(join(programs, 'unshare'), 0o755);
  vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
  try {
    await expect(startPostgres({ dataDir: join(folder, 'private') })).rejects.toMatchObject({
      reason: 'not-runnable',
      message: expect.stringContaining('DATABASE_URL'),
    });
  } finally {
    vi.unstubAllEnvs();
  }
});
