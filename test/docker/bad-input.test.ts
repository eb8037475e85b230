// What cannot work is one clear line, and nothing is left half started.

import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { docker, type Said } from './stack/docker.ts';
import { newPlace, openStack, type Stack } from './stack/stack.ts';

let stack: Stack;
let folder: TempFolder;
beforeAll(async () => {
  folder = await tempFolder();
});
afterAll(() => folder.remove());
beforeEach(async () => {
  stack = openStack(await newPlace());
});
afterEach(() => stack.down());

const up = (more: Record<string, string> = {}): Promise<Said> =>
  stack.tryCompose(['up', '-d', '--wait', '--no-build'], { env: more, timeoutMs: 120_000 });

/** Names of the services that run. */
async function running(): Promise<string[]> {
  const listed = await stack.compose(['ps', '--services', '--status', 'running']);
  return listed.split('\n').filter(Boolean).sort();
}

/** The lines that the services which have ended wrote. */
async function said(service: string): Promise<string[]> {
  const { stdout } = await stack.tryCompose(['logs', '--no-color', '--no-log-prefix', service]);
  return stdout.split('\n').filter(Boolean);
}

/** As root, on a volume of the project. */
async function change(volume: string, script: string): Promise<void> {
  const args = ['run', '--rm', '--user=0:0', '--network=none', `--volume=${stack.project}_${volume}:/v`];
  await docker([...args, '--entrypoint=sh', 'switchboard-services:0.1.0', '-c', script]);
}

describe('a port that is taken', () => {
  let taker: Server;
  const take = (port: number): Promise<void> =>
    new Promise((resolve) => {
      taker = createServer().listen(port, '127.0.0.1', resolve);
    });
  afterEach(() => taker.close());

  test('the broker’s: nothing runs', async () => {
    await take(stack.natsPort);
    const { code, stderr } = await up();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${stack.natsPort}.*(in use|already allocated)`));
    expect(await running()).toEqual([]);
  });

  test('the gateway’s: no service runs', async () => {
    await take(stack.port);
    const { code, stderr } = await up();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${stack.port}.*(in use|already allocated)`));
    expect(await running()).toEqual(['nats', 'postgres']);
  });
});

test('a time zone that is none', async () => {
  const { code, stderr } = await up({ TZ: 'Mars/Olympus' });
  expect(code).toBe(1);
  expect(stderr).toContain(`service "init" didn't complete successfully: exit 78`);
  expect(await said('init')).toEqual([
    'switchboard: TZ: there is no time zone Mars/Olympus; write it like Europe/Berlin',
  ]);
  expect(await running()).toEqual([]);
});

test('a full disk', async () => {
  const small = join(folder.path, 'small.yml');
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,uid=10000,gid=10000' };
  await writeFile(small, JSON.stringify({ volumes: { secrets: { driver: 'local', driver_opts: options } } }));
  stack = openStack({ ...(await newPlace()), overrides: [small] });
  expect((await up()).code).toBe(1);
  expect(await said('init')).toEqual([expect.stringMatching(/^switchboard: the disk is full: [01] MiB are left for /)]);
  expect(await running()).toEqual([]);
});

test('a secret that is missing, unreadable, empty, or made by a newer version', async () => {
  await stack.compose(['run', '--rm', '-T', 'init']);
  const seed = '/v/router/bus.seed';
  const cases: readonly (readonly [harm: string, mend: string, line: string])[] = [
    [`mv ${seed} /v/kept`, `mv /v/kept ${seed}`, 'the secret router/bus.seed is missing from its volume: restore'],
    [`chmod 0 ${seed}`, `chmod 440 ${seed}`, 'the secret router/bus.seed cannot be read: EACCES'],
    [
      `cp -p ${seed} /v/kept; : >${seed}`,
      `mv /v/kept ${seed}`,
      'the secret router/bus.seed is empty: restore a backup',
    ],
    [`sed -i 's/"layout":1/"layout":2/' /v/made.json`, 'true', 'the volume of secrets was made by a newer Switchboard'],
  ];
  for (const [harm, mend, line] of cases) {
    await change('secrets', harm);
    expect((await up()).code).toBe(1);
    expect((await said('init')).at(-1)).toContain(line);
    expect(await running()).toEqual([]);
    await change('secrets', mend);
  }
});

test('settings of the owner that cannot be used', async () => {
  const config = join(folder.path, 'config');
  for (const service of ['gateway', 'browser', 'messenger', 'business']) {
    await mkdir(join(config, service), { recursive: true });
  }
  await chmod(folder.path, 0o755);
  const password = 'SMTP_URL=smtps://mail.example.org\nMAIL_PASSWORD_FILE=/config/mail.password';
  const cases: readonly (readonly [file: string, text: string, line: string | RegExp])[] = [
    ['gateway/settings.env', 'TURNS_OPEN_MAX=many', /^switchboard: config\/gateway\/settings\.env: TURNS_OPEN_MAX: /],
    [
      'messenger/settings.env',
      password,
      /^switchboard: config\/messenger\/settings\.env: MAIL_PASSWORD_FILE: there is no/,
    ],
    ['gateway/policy.yaml', 'rules: nonsense', /^switchboard: POLICY_FILE: \/config\/gateway\/policy\.yaml: /],
  ];
  for (const [file, text, line] of cases) {
    await writeFile(join(config, file), text);
    expect((await up({ CONFIG: config })).code).toBe(1);
    expect((await said('init')).at(-1)).toMatch(line);
    expect(await running()).toEqual([]);
    await rm(join(config, file));
  }
});

test('a database of a newer version: it is left as it is, and no service runs', async () => {
  await stack.compose(['up', '-d', '--no-build', '--wait', 'postgres', 'nats']);
  await stack.compose(['up', '--no-build', 'migrate']);
  const sql = (text: string): Promise<string> =>
    stack.compose(['exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', 'switchboard', '-Atc', text]);
  await sql("INSERT INTO schema_migrations (name) VALUES ('9999-from-the-future.sql')");
  const { code, stderr } = await up();
  expect(code).toBe(1);
  expect(stderr).toContain(`service "migrate" didn't complete successfully: exit 78`);
  expect((await said('migrate')).at(-1)).toBe(
    'switchboard: the database was made by a newer Switchboard (9999-from-the-future.sql is unknown here): run that one, or restore a backup of this one',
  );
  expect(await running()).toEqual(['nats', 'postgres']);
});

test('an engine that is too old', async () => {
  const { code, stderr } = await up({ DOCKER_API_VERSION: '1.44' });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/Subpath needs API v1\.45 or newer/);
  expect(await running()).toEqual([]);
});
