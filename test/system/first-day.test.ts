// The first day: what the README promises, said in words and done on disk, with every step on the record.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot, waitUntil } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Talk, talkTo } from './talk.ts';

let system: System;
let talk: Talk;
beforeAll(async () => {
  system = await startSystem();
  talk = await talkTo(system);
});
afterAll(() => system?.close());

test('five sentences change files on disk, and the tail shows each step', async () => {
  const tail = spawn(process.execPath, [join(projectRoot, 'scripts', 'tail.ts')], {
    env: { ...process.env, SWITCHBOARD_HOME: system.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told: string[] = [];
  createInterface({ input: tail.stdout }).on('line', (line) => told.push(line));
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  createInterface({ input: tail.stderr }).on('line', () => resolve());
  await listening;
  try {
    const todo = join(system.workspace, 'notes', 'todo.txt');

    expect(await talk.say('make a folder notes')).toMatchObject({
      state: 'completed',
      route: { skills: ['make-folder'] },
    });
    expect(existsSync(join(system.workspace, 'notes'))).toBe(true);

    expect(await talk.say('write buy milk to notes/todo.txt')).toMatchObject({ state: 'completed' });
    expect(readFileSync(todo, 'utf8').trim()).toBe('buy milk');

    const looked = await talk.say('what is in notes');
    expect(looked.state).toBe('completed');
    expect(looked.output?.text).toContain('todo.txt');

    const found = await talk.say('find milk');
    expect(found.state).toBe('completed');
    expect(found.output?.text).toContain('notes/todo.txt');

    const asked = await talk.say('delete notes/todo.txt');
    expect(asked).toMatchObject({ state: 'input-required', question: { kind: 'approval' } });
    expect(asked.question?.text).toContain('notes/todo.txt');
    expect(existsSync(todo)).toBe(true);
    const deleted = await talk.answer(asked, { approve: true });
    expect(deleted.state).toBe('completed');
    expect(existsSync(todo)).toBe(false);
    expect(deleted.steps).toMatchObject([{ skill: 'delete-file', state: 'succeeded' }]);

    const turn = deleted.id.slice(-8);
    await waitUntil('the end of the last turn in the tail', () =>
      told.some((line) => line.includes(turn) && line.includes('turn-completed')),
    );
    const types = told
      .filter((line) => line.includes(turn))
      .map((line) => / (turn|policy|step|question)-[a-z]+/.exec(line)?.[0].trim());
    expect(types).toEqual([
      'turn-accepted',
      'turn-routed',
      'policy-decided',
      'question-asked',
      'question-answered',
      'policy-decided',
      'step-started',
      'step-ended',
      'turn-completed',
    ]);
  } finally {
    tail.kill('SIGTERM');
  }
});

test('no is no: nothing is deleted', async () => {
  await talk.say('write keep me to keep.txt');
  const asked = await talk.say('delete keep.txt');
  const refused = await talk.answer(asked, { approve: false });
  expect(refused).toMatchObject({ state: 'canceled', error: { code: 'approval-refused' } });
  expect(existsSync(join(system.workspace, 'keep.txt'))).toBe(true);
});

test('what no skill does is refused with what can be done instead', async () => {
  const refused = await talk.say('book me a flight to Lisbon next Tuesday');
  expect(refused).toMatchObject({ state: 'rejected', error: { code: 'not-understood' }, route: { outcome: 'refuse' } });
  expect(refused.output?.text).toMatch(/\w{3}/);
  expect(refused.route?.candidates.length).toBeGreaterThan(0);
  expect(refused.steps).toEqual([]);
});

test('what may mean several things is asked about, step by step, until it is clear', async () => {
  await talk.say('write keep me to keep.txt');
  // In a session of its own: nothing was done here before that "delete" could mean.
  const fresh = await talkTo(system);
  const which = await fresh.say('delete');
  expect(which).toMatchObject({ state: 'input-required', route: { outcome: 'ask' }, question: { kind: 'choice' } });
  expect(which.question?.choices?.map((choice) => choice.id)).toEqual(
    expect.arrayContaining(['delete-file', 'delete-folder']),
  );
  expect(which.route?.candidates.length).toBeGreaterThan(1);
  const what = await fresh.answer(which, { choice: 'delete-file' });
  expect(what).toMatchObject({ state: 'input-required', question: { kind: 'input', field: 'path' } });
  const sure = await fresh.answer(what, { text: 'keep.txt' });
  expect(sure).toMatchObject({
    state: 'input-required',
    question: { kind: 'approval', step: { input: { path: 'keep.txt' } } },
  });
  expect(await fresh.answer(sure, { approve: true })).toMatchObject({ state: 'completed' });
  expect(existsSync(join(system.workspace, 'keep.txt'))).toBe(false);
});

test('a skill is called directly with typed input, and a wrong one is told field by field', async () => {
  const key = { 'idempotency-key': 'typed-1', prefer: 'wait=30' };
  const done = await system.call(
    'POST',
    '/v1/skills/write-file/invoke',
    { input: { path: 'typed.txt', text: 'x' } },
    key,
  );
  expect(done.status).toBe(200);
  expect(await done.json()).toMatchObject({ state: 'completed' });
  const wrong = await system.call(
    'POST',
    '/v1/skills/write-file/invoke',
    { input: { path: 5 } },
    { 'idempotency-key': 'typed-2' },
  );
  expect(wrong.status).toBe(422);
  expect(await wrong.json()).toMatchObject({ code: 'invalid-input' });
});

test('a route is explained without acting', async () => {
  const response = await system.call('POST', '/v1/route', { input: 'delete typed.txt' });
  expect(await response.json()).toMatchObject({
    outcome: 'route',
    steps: [{ skill: 'delete-file', input: { path: 'typed.txt' } }],
  });
  expect(existsSync(join(system.workspace, 'typed.txt'))).toBe(true);
});

test('a dry run does nothing', async () => {
  const turn = await talk.say('make a folder dry', { dryRun: true });
  expect(turn).toMatchObject({ state: 'completed', dryRun: true, steps: [] });
  expect(existsSync(join(system.workspace, 'dry'))).toBe(false);
});
