// `npm start` as an operator meets it: settings that cannot be used, services that die, and an end without leftovers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isAlive, projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { processesBeneath, type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { talkTo } from './talk.ts';

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

/** Runs `npm start`'s program until it ends by itself. */
async function startAndEnd(env: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'scripts', 'start.ts')], {
    env: { ...process.env, SWITCHBOARD_HOME: join(folder.path, 'other'), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

test('a killed service is started again, and the turn it was in ends once', async () => {
  const talk = await talkTo(system);
  const turn = await talk.post('/run-command touch began.txt; sleep 2; echo done >> ran.txt');
  // Its row alone says only that it was asked for: here the effect itself must have begun.
  await waitUntil('the command to run', () => existsSync(join(system.workspace, 'began.txt')));
  process.kill(system.pidOf('agent-workstation'), 'SIGKILL');
  const ended = await waitUntil(
    'the end of the turn',
    async () => {
      const seen = await talk.read(turn);
      return seen.state !== 'working' && seen.state !== 'submitted' ? seen : undefined;
    },
    20_000,
  );
  // A command may have done anything before it died: the person is told and asked.
  expect(ended).toMatchObject({ state: 'failed', error: { code: 'outcome-unknown' }, question: { kind: 'outcome' } });
  expect(ended.steps).toHaveLength(1);
  expect(system.output()).toMatch(/workstation ended \(SIGKILL\); starting it again/);
  const retried = await talk.answer(ended, { choice: 'retry' });
  expect(retried).toMatchObject({ state: 'completed' });
  expect(readFileSync(join(system.workspace, 'ran.txt'), 'utf8')).toBe('done\n');
});

test.each(['gateway', 'router'])('a killed %s is started again, and work goes on', async (service) => {
  const before = system.pidOf(`services/${service}/`);
  process.kill(before, 'SIGKILL');
  await waitUntil(
    'the service to be back',
    async () => {
      try {
        return system.pidOf(`services/${service}/`) !== before && (await system.call('GET', '/healthz')).ok;
      } catch {
        return false;
      }
    },
    20_000,
  );
  const talk = await talkTo(system);
  expect(await talk.say('list files')).toMatchObject({ state: 'completed' });
});

test('killed servers come back with what they held', async () => {
  const talk = await talkTo(system);
  await talk.say('write before to before.txt');
  process.kill(system.pidOf('nats-server'), 'SIGKILL');
  process.kill(system.pidOf('native/bin/postgres'), 'SIGKILL');
  const again = await waitUntil('work to go on', () => talk.say('read before.txt').catch(() => undefined), 30_000);
  expect(again).toMatchObject({ state: 'completed' });
});

test('a busy port is one line that names the setting', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  const address = busy.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { code, text } = await startAndEnd({ PORT: port });
  busy.close();
  expect(code).toBe(78);
  expect(text.trim()).toBe(`switchboard: PORT: ${port} is in use by another program; set PORT to a free one`);
});

test.each([
  ['PORT', 'many'],
  ['DATABASE_URL', 'http://127.0.0.1'],
  ['DATABASE_URL', 'postgres://127.0.0.1:1/nothing'],
  ['NATS_URL', 'nonsense'],
  ['SWITCHBOARD_HOME', '/proc/nothing'],
])('an unusable %s (%s) is one line that names it', async (setting, value) => {
  const { code, text } = await startAndEnd({ [setting]: value });
  expect(code).toBe(78);
  expect(text).toContain(`switchboard: ${setting}: `);
  expect(text).not.toMatch(/\n\s+at /);
});

test('a second one on the same home does not start', async () => {
  const { code, text } = await startAndEnd({ SWITCHBOARD_HOME: system.home });
  expect(code).toBe(78);
  expect(text).toContain('SWITCHBOARD_HOME: another Switchboard runs');
});

test('kill -9 leaves no orphan; the next start has the same data, and is quick', async () => {
  const beneath = processesBeneath(system.pid).map(({ pid }) => pid);
  expect(beneath.length).toBeGreaterThan(4);
  process.kill(system.pid, 'SIGKILL');
  await waitUntil('all of them to be gone', () => beneath.every((pid) => !isAlive(pid)), 20_000);
  const started = Date.now();
  system = await startSystem({ home: system.home });
  console.log(`second start: ${Date.now() - started} ms`);
  expect(existsSync(join(system.workspace, 'before.txt'))).toBe(true);
  const talk = await talkTo(system);
  expect(await talk.say('read before.txt')).toMatchObject({ state: 'completed' });
});

test('asked to stop, it stops everything and leaves nothing running', async () => {
  const beneath = processesBeneath(system.pid).map(({ pid }) => pid);
  expect(await system.stop()).toBe(0);
  expect(beneath.filter(isAlive)).toEqual([]);
});
