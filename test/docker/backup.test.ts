// What is saved while turns are under way comes back on an empty host: sessions, what waits for a yes, and the chain.
import { spawn } from 'node:child_process';
import { mkdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { turnSchema } from '@switchboard/contract';
import { projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { newPlace, openStack, type Stack, type StackPlace } from './stack/stack.ts';

const old = openStack(inject('shared'));
let empty: Stack;
let folder: TempFolder;

/** As an operator would call it, in the project, for one deployment. */
async function run(script: string, file: string, place: StackPlace): Promise<{ code: number | null; said: string }> {
  const { PATH, HOME } = process.env;
  const child = spawn(join(projectRoot, 'deploy', script), [file], {
    cwd: folder.path,
    env: { PATH, HOME, ...place.env, COMPOSE_PROJECT_NAME: place.project },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, said: out + err };
}

beforeAll(async () => {
  folder = await tempFolder();
  const config = join(folder.path, 'config');
  await mkdir(config);
  empty = openStack(await newPlace({ env: { CONFIG: config } }));
});
afterAll(async () => {
  await empty.down();
  await folder.remove();
});

test('saved while it runs, restored on an empty host, and gone on with there', async () => {
  const before = await old.client();
  const session = (await before.createSession('before the backup')).id;
  await before.say(session, 'write buy tea to kept.txt');
  const waiting = await before.say(session, 'delete kept.txt');
  expect(waiting.question?.kind).toBe('approval');

  const saved = await run('backup.sh', 'all.tar', old);
  expect(saved).toEqual({ code: 0, said: expect.stringMatching(/^saved .* in all\.tar; it stood still for \d+ s\n$/) });
  console.log(saved.said.trim());
  expect((await stat(join(folder.path, 'all.tar'))).mode & 0o777).toBe(0o600);
  // It goes on where it was.
  expect((await before.say(session, 'read kept.txt')).output?.text).toContain('buy tea');

  expect(await run('restore.sh', 'all.tar', empty)).toEqual({ code: 0, said: expect.stringContaining('restored; ') });
  await empty.up();
  const after = await empty.client();
  expect(JSON.stringify(await after.call(z.unknown(), 'GET', '/v1/approvals'))).toContain(waiting.id);
  const ended = await after.answer(waiting.id, { approve: true, question: waiting.question?.id });
  expect(ended.output?.text).toBe('Deleted kept.txt.');
  expect((await after.say(session, 'read kept.txt')).state).toBe('failed');
  const audit = await empty.compose(['run', '--rm', '-T', 'operator', 'audit', 'verify']);
  expect(audit).toMatch(/✓ \d+ entries are as they were sealed, and [1-9]\d* of them as they were published/);
  // The other one still waits for its yes.
  expect((await before.call(turnSchema, 'GET', `/v1/turns/${waiting.id}`)).state).toBe('input-required');
  await before.cancel(waiting.id);
  // The engine calls what was paused unhealthy until it looks again, once a minute.
  const states = (): Promise<string> => old.compose(['ps', '--format', '{{.Service}} {{.Health}}']);
  await waitUntil('all are healthy again', async () => !(await states()).includes('unhealthy'), 90_000);
});

test('not over what is there, and not from what is no backup', async () => {
  expect(await run('restore.sh', 'all.tar', empty)).toEqual({
    code: 64,
    said: expect.stringContaining('it runs here'),
  });
  expect(await run('backup.sh', 'all.tar', empty)).toEqual({
    code: 64,
    said: expect.stringContaining('is there already'),
  });
  await empty.compose(['down', '--timeout', '5']);
  expect(await run('restore.sh', 'all.tar', empty)).toEqual({
    code: 78,
    said: expect.stringContaining('the volume secrets is not empty'),
  });
  await empty.down();
  await truncate(join(folder.path, 'all.tar'), 5_000_000);
  expect((await run('restore.sh', 'all.tar', empty)).said).toContain('all.tar is damaged, or is no backup');
  await writeFile(join(folder.path, 'letter.txt'), 'Dear Anna');
  expect((await run('restore.sh', 'letter.txt', empty)).said).toContain('letter.txt is damaged, or is no backup');
});
