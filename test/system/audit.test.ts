// S19: `npm run audit` on a running Switchboard: all is as it was sealed, until somebody with the database changes it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, waitUntil } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSql } from '../../libs/store/src/sql.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.close());

async function audit(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'scripts', 'audit.ts'), ...args], {
    env: { ...process.env, SWITCHBOARD_HOME: system.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** As the superuser, with the triggers off. */
async function tamper(statement: string): Promise<void> {
  const folder = join(system.home, 'postgres');
  const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(folder, 'superuser.password'), 'utf8').trim();
  const sql = openSql({ url: `postgres://postgres:${password}@127.0.0.1:${port}/switchboard`, connectionsMax: 1 });
  try {
    await sql.begin((tx) => tx.unsafe(`SET LOCAL session_replication_role = replica; ${statement}`));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test('what happened verifies against the database and the streams; a changed event is named', async () => {
  await waitUntil('the published head', async () => !(await audit('verify')).text.includes(', and 0 of them'), 30_000);
  const sound = await audit('verify');
  expect(sound).toMatchObject({ code: 0, text: expect.stringMatching(/^✓ \d+ entries are as they were sealed/) });
  const head = /head (\d+:[0-9a-f]{64})/.exec(sound.text)?.[1] ?? '';
  expect((await audit('verify', '--head', head)).code).toBe(0);
  const exported = await audit('export');
  expect(JSON.parse(exported.text.split('\n')[0] ?? '')).toMatchObject({ seq: 1 });

  await tamper(`UPDATE events SET data = '{"title":"another"}' WHERE type = 'session-created'`);
  const changed = await audit('verify', '--json');
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.text)).toMatchObject({ findings: [{ what: 'record' }] });

  const wrong = `${Number.parseInt(head, 10)}:${'0'.repeat(64)}`;
  expect((await audit('verify', '--head', wrong)).text).toContain('is not the one of the head that was given');
});

test.each([[[]], [['prove']], [['verify', '--head', 'x']], [['verify', 'now']]])(
  'wrong use %j is told how',
  async (args) => {
    expect(await audit(...args)).toMatchObject({ code: 64, text: expect.stringContaining('npm run audit -- verify') });
  },
);
