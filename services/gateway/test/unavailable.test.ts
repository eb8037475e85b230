// What an agent knows and cannot do here: it is found, and refused with what is missing, before anything is done or asked.
import { turnSchema } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { agentName, hello, type Stage, skillDocument, stage } from './fixture.ts';

const send = skillDocument('send', 'once', [{ class: 'external', on: 'mail' }]);
const look = skillDocument('look', 'safe');
const why = 'no mailbox is configured: set IMAP_URL';
const announced = { ...hello([send, look]), unavailable: [{ skill: 'send', why }] };

let on: Stage;
beforeAll(async () => {
  on = await stage();
  const plan = on.planFor(send);
  on.router.respond('route', async ({ message }) => plan(message.text));
  await on.router.flush();
  on.agent.bus.publish('hello', { agent: agentName }, announced);
  await waitUntil('the agent', async () => (await on.call('GET', '/v1/skills/send')).ok);
});
afterAll(() => on?.close());

test('it is listed, with what is missing', async () => {
  const listed = z.object({ available: z.boolean(), unavailable: z.string().optional() });
  const read = async (name: string) => listed.parse(await (await on.call('GET', `/v1/skills/${name}`)).json());
  expect(await read('send')).toEqual({ available: false, unavailable: why });
  expect(await read('look')).toEqual({ available: true });
});

test('a sentence that means it fails with what is missing, and nobody is asked to approve it', async () => {
  const turn = await on.say(await on.session(), 'send it');
  expect(turn).toMatchObject({ state: 'failed', steps: [], error: { code: 'unavailable' } });
  expect(turn.error?.message).toContain(why);
  expect(turn.question).toBeUndefined();
});

test('so does a typed call, and a dry run', async () => {
  const headers = { 'idempotency-key': 'typed', prefer: 'wait=20' };
  const typed = await on.call('POST', '/v1/skills/send/invoke', { input: { text: 'x' } }, headers);
  const turn = turnSchema.parse(await typed.json());
  expect(turn).toMatchObject({ state: 'failed', error: { code: 'unavailable' } });
  const dry = await on.say(await on.session(), 'send it', { dryRun: true });
  expect(dry).toMatchObject({ state: 'failed', error: { code: 'unavailable' } });
});
