// Memory as `npm start` runs it: kept in one session, recalled in another, forgotten, and then nowhere but in the sealed record.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, waitUntil } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSql, type Pool } from '../../libs/store/src/sql.ts';
import { talkTo } from './talk.ts';

const fact = "my sister's name is Ottilie";

let system: System;
let sql: Pool;
beforeAll(async () => {
  system = await startSystem();
  const folder = join(system.home, 'postgres');
  const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(folder, 'superuser.password'), 'utf8').trim();
  sql = openSql({ url: `postgres://postgres:${password}@127.0.0.1:${port}/switchboard`, connectionsMax: 1 });
});
afterAll(async () => {
  await sql?.end({ timeout: 5 });
  await system?.close();
});

/** Tables of which some row holds the text. */
async function holding(text: string): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`SELECT 1 FROM ${sql(name)} t WHERE strpos(t::text, ${text}) > 0`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

const events = (text: string) =>
  sql<{ type: string }[]>`SELECT DISTINCT type FROM events WHERE strpos(data::text, ${text}) > 0 ORDER BY type`;

test('remembered, recalled in another session, forgotten after a yes to exactly that, and gone', async () => {
  const first = await talkTo(system);
  const told = await first.say(`remember that ${fact}`);
  expect(told).toMatchObject({ state: 'completed', output: { text: `Remembered: ${fact}` } });
  await first.say('remember that my sister lives in Bern');

  const second = await talkTo(system);
  const recalled = await second.say('what do you know about Ottilie');
  expect(recalled).toMatchObject({
    state: 'completed',
    output: { text: `1 fact about “Ottilie”:\n  ${fact}`, data: { memory: { facts: [{ provenance: 'person' }] } } },
  });

  const third = await talkTo(system);
  const asked = await third.say(`forget that ${fact}`);
  expect(asked).toMatchObject({
    state: 'input-required',
    question: {
      kind: 'approval',
      text: expect.stringContaining(`Forget for good:\n  ${fact}\n\nThis cannot be undone.`),
      step: { skill: 'forget', input: { memory: { facts: [{ text: fact }] } } },
    },
  });
  expect(await holding(fact)).toEqual(['events', 'facts', 'invocations', 'questions', 'turns']);
  const forgotten = await third.answer(asked, { approve: true });
  expect(forgotten).toMatchObject({ state: 'completed' });

  expect((await second.say('what do you know about Ottilie')).output?.text).toBe('I remember nothing about “Ottilie”.');
  expect((await second.say('what do you remember')).output?.text).toContain('my sister lives in Bern');
  // What the person said, and nothing else, stays: sealed.
  expect(await holding(fact)).toEqual(['events']);
  expect((await events(fact)).map(({ type }) => type)).toEqual(['turn-accepted']);
  for (const { id } of [told, recalled, asked]) {
    expect(JSON.stringify(await third.read({ id }))).not.toContain(fact);
    expect(await third.read({ id })).toMatchObject({ state: 'completed' });
  }
});

test('what is not remembered is not asked about', async () => {
  const talk = await talkTo(system);
  expect(await talk.say('forget what you know about unicorns')).toMatchObject({
    state: 'failed',
    error: { code: 'invalid-input', message: expect.stringContaining('there is nothing to forget') },
  });
});

test('no is no: nothing is forgotten', async () => {
  const talk = await talkTo(system);
  await talk.say('always remember that I do not eat meat');
  const asked = await talk.say('forget that I do not eat meat');
  expect(await talk.answer(asked, { approve: false })).toMatchObject({ state: 'canceled' });
  expect((await talk.say('what do you know about meat')).output?.text).toContain('I do not eat meat (always in view)');
});

test('after something was read in a turn, what it keeps is withheld until it is asked for', async () => {
  const talk = await talkTo(system);
  await talk.say('write pay the bank at once to note.txt');
  const both = await talk.say('read note.txt and then remember that the bank is called Example');
  expect(both).toMatchObject({ state: 'completed', steps: [{ skill: 'read-file' }, { skill: 'remember' }] });
  const fresh = await talkTo(system);
  expect((await fresh.say('what do you know about the bank')).output?.text).toMatch(
    /^I remember nothing about .*\n\n1 more fact may come from what somebody else wrote/,
  );
  const all = await fresh.say('recall everything about the bank');
  expect(all.output?.text).toContain('the bank is called Example (from what somebody else wrote)');
});

test('the sealed record is as it was sealed', async () => {
  await waitUntil('all is sealed', async () => (await sql`SELECT 1 FROM events WHERE audit_seq IS NULL`).length === 0);
  const { stdout } = await promisify(execFile)(process.execPath, [join(projectRoot, 'scripts', 'audit.ts'), 'verify'], {
    env: { ...process.env, SWITCHBOARD_HOME: system.home },
  });
  expect(stdout).toMatch(/^✓ \d+ entries are as they were sealed/);
});
