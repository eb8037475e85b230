// `npm run doctor` and `npm run config`: a sound system is called sound, each thing that is wrong is named by its id.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type TempFolder, tempFolder } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

let folder: TempFolder;
let system: System;
beforeAll(async () => {
  folder = await tempFolder();
  system = await startSystem({ home: join(folder.path, 'home') });
});
afterAll(async () => {
  await system?.close();
  await folder?.remove();
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function program(name: string, args: readonly string[], env: Record<string, string>): Promise<Ended> {
  const file = join(projectRoot, 'scripts', `${name}.ts`);
  const options = { env: { ...process.env, ...env }, timeout: 20_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const home = (): Record<string, string> => ({ SWITCHBOARD_HOME: system.home, PORT: new URL(system.url).port });
const foundSchema = z.object({
  sound: z.boolean(),
  checks: z.array(z.object({ id: z.string(), state: z.string(), what: z.string(), mend: z.string().optional() })),
});

async function found(env: Record<string, string>) {
  const ended = await program('doctor', ['--json'], env);
  const { sound, checks } = foundSchema.parse(JSON.parse(ended.out));
  return { code: ended.code, sound, checks, of: (id: string) => checks.find((check) => check.id === id) };
}

test('a system that runs is sound, in every part', async () => {
  const { code, sound, checks } = await found(home());
  const lacking = checks.filter(({ state }) => state !== 'ok');
  // What nobody has configured is told, with what to set: it is nothing that is wrong.
  expect(lacking.filter(({ id, state }) => !id.startsWith('agent-') || state !== 'warning')).toEqual([]);
  expect([code, sound]).toEqual([0, true]);
});

test('a secret that others can read is named, with what mends it', async () => {
  const secrets = join(system.home, 'secrets');
  chmodSync(join(secrets, 'signing.key'), 0o644);
  const open = await found(home());
  expect(open.of('secrets')).toMatchObject({ state: 'failed', mend: expect.stringMatching(/^chmod .*signing\.key/) });
  expect(open.code).toBe(1);
  chmodSync(join(secrets, 'signing.key'), 0o600);
  expect((await found(home())).of('secrets')?.state).toBe('ok');
});

test('where nothing runs, that is said, and what does not run is not looked at', async () => {
  const empty = join(folder.path, 'empty');
  mkdirSync(empty);
  const { code, of } = await found({ SWITCHBOARD_HOME: empty, PORT: '0' });
  expect(code).toBe(0);
  expect(of('gateway')).toMatchObject({ state: 'warning', mend: 'npm start' });
  expect(of('database')?.state).toBe('skipped');
});

test('a port that another program holds is named', async () => {
  const empty = join(folder.path, 'other');
  const { code, of } = await found({ SWITCHBOARD_HOME: empty, PORT: new URL(system.url).port });
  expect(of('port')).toMatchObject({ state: 'failed', what: expect.stringContaining('in use') });
  expect(code).toBe(1);
});

test.each([
  [{ PORT: 'high' }, 'settings-start', 'failed'],
  [{ LEASE_MS: '1' }, 'settings-gateway', 'failed'],
  [{ CONCURRENCY: '0' }, 'settings-workstation', 'failed'],
  [{ SIGNING_KEY_FILE: '/nowhere/key' }, 'settings-gateway', 'failed'],
  [{ TURNS_OPN_MAX: '3' }, 'settings-unknown', 'warning'],
])('config check names what cannot be used: %j', async (env, id, state) => {
  const { code, out } = await program('config', ['check', '--json'], env);
  const { checks } = foundSchema.parse(JSON.parse(out));
  expect(checks.filter((check) => check.state !== 'ok').map((check) => [check.id, check.state])).toContainEqual([
    id,
    state,
  ]);
  expect(code).toBe(state === 'failed' ? 1 : 0);
});

test('settings of the home count as those of the environment, and come after them', async () => {
  const written = join(folder.path, 'written');
  mkdirSync(written);
  writeFileSync(join(written, 'settings.env'), '# mine\nLEASE_MS=1\n');
  const check = async (env: Record<string, string>) =>
    (await program('config', ['check', '--json'], { SWITCHBOARD_HOME: written, ...env })).code;
  expect(await check({})).toBe(1);
  expect(await check({ LEASE_MS: '4000' })).toBe(0);
});

test('a file of models that is wrong is named with its line, a key that is missing by its setting', async () => {
  const file = join(folder.path, 'models.yaml');
  const check = async (text: string, env: Record<string, string> = {}) => {
    writeFileSync(file, text);
    const { code, out } = await program('config', ['check', '--json'], { MODELS_FILE: file, ...env });
    const { checks } = foundSchema.parse(JSON.parse(out));
    return { code, ...checks.find(({ id }) => id === 'models') };
  };
  const small = 'name: small, api: anthropic, model: m, contextTokens: 8192';
  expect(await check(`version: 1\nmodels:\n  - { ${small} }\n`)).toMatchObject({
    code: 1,
    what: expect.stringContaining('line 3: price is missing'),
  });
  const priced = `models:\n  - { ${small}, price: { input: 1, output: 2 }, key: HOUSE_KEY }\n`;
  expect(await check(priced)).toMatchObject({ code: 1, what: expect.stringContaining('HOUSE_KEY') });
  expect(await check(priced, { HOUSE_KEY: 'a-key' })).toMatchObject({ code: 0, state: 'ok', what: 'small' });
});

test('usage: what models have used and what is left, a wrong use shows the usage', async () => {
  const { code, out } = await program('usage', [], home());
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^No model was asked\.\n\nbudget .*\neverybody, today {2}5\.00 USD/),
  ]);
  expect(await program('usage', ['week'], home())).toMatchObject({
    code: 64,
    err: expect.stringContaining('principal'),
  });
});

test('dead letters: an empty list is said, one that is not there is an error, a wrong use shows the usage', async () => {
  expect(await program('dead-letters', ['list'], home())).toMatchObject({
    code: 0,
    out: 'There are no dead letters.\n',
  });
  const unknown = await program('dead-letters', ['requeue', '01900000-0000-7000-8000-000000000000'], home());
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('(not-found)') });
  const wrong = await program('dead-letters', ['bury'], home());
  expect(wrong).toMatchObject({ code: 64, err: expect.stringContaining('requeue TURN') });
});
