// What goes back: in order, once, to the address that asked and no other, however often its agent is away or fails.
import { randomUUID } from 'node:crypto';
import { describeContract, SkillError, SwitchboardError } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callerWith, makeKey, makePrincipal } from './callers.ts';
import { plainSkills, replySkill } from './channel-agent.ts';
import { type ChannelAgent, type ChannelStage, channelStage, freshAddress } from './channel-stage.ts';
import { agentName } from './fixture.ts';

let on: ChannelStage;
let agent: ChannelAgent;
beforeAll(async () => {
  on = await channelStage();
  agent = await on.startAgent();
});
afterAll(() => on?.close());
let address: string;
beforeEach(async () => {
  delete on.interfere.before;
  delete on.interfere.after;
  address = freshAddress();
  await on.link(address);
});

const texts = async (count: number): Promise<string[]> =>
  (await on.received(address, count)).slice(1).map(({ text }) => text);

const ofAddress = async (state: string) => (await on.deliveries(state)).filter((one) => one.address === address);
const inState = (state: string) =>
  waitUntil(`a delivery that is ${state}`, async () => (await ofAddress(state))[0], 20_000);

test('what a turn made goes with its answer; what is too large is named', async () => {
  await on.bring(address, 'make a.txt large.bin b.txt');
  const [, made] = await on.received(address, 2);
  expect(made?.files).toEqual({ 'a.txt': 'content of a.txt', 'b.txt': 'content of b.txt' });
  expect(made?.text).toBe('Made.\n\nNot sent with this: large.bin.');
});

test('no more files go with it than may', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
  await on.bring(address, `make ${names.join(' ')}`);
  const [, made] = await on.received(address, 2);
  expect(Object.keys(made?.files ?? {})).toEqual(names.slice(0, 10));
  expect(made?.text).toBe('Made.\n\nNot sent with this: f10, f11.');
});

test('while its agent is away it waits, and then goes out in order, once', async () => {
  // The turns are done by the time; what they say is not sent yet.
  const held = Promise.withResolvers<void>();
  on.interfere.before = () => held.promise;
  for (const text of ['one', 'two', 'three']) await on.bring(address, text);
  await inState('sending');
  await waitUntil('both others', async () => (await ofAddress('queued')).length === 2);
  const stopped = agent.stop();
  held.reject(new SwitchboardError('unavailable', 'the line is down'));
  await stopped;
  delete on.interfere.before;
  agent = await on.startAgent();
  expect(await texts(4)).toEqual(['You said: one', 'You said: two', 'You said: three']);
  await waitUntil('all of it', async () => (await ofAddress('sent')).length === 4);
});

test('what fails for now is tried again, and the thread waits for it', async () => {
  let tries = 0;
  on.interfere.before = ({ text }) => {
    if (text === 'You said: one' && ++tries < 3) throw new SwitchboardError('unavailable', 'the server is away');
  };
  await on.bring(address, 'one');
  await on.bring(address, 'two');
  const waiting = await waitUntil('a failed try', async () =>
    (await ofAddress('queued')).find(({ error }) => error?.code === 'unavailable'),
  );
  expect(waiting.error).toMatchObject({ message: 'the server is away' });
  expect(await texts(3)).toEqual(['You said: one', 'You said: two']);
  expect(tries).toBe(3);
  const invocations = (await on.received(address, 3)).map(({ invocation }) => invocation.split('-').at(-1));
  expect(invocations).toEqual(['1', '3', '1']);
});

test('what fails for good is told to the operators, and the thread goes on', async () => {
  on.interfere.before = ({ text }) => {
    if (text === 'You said: one') throw new SkillError('refused', 'nobody of that name');
  };
  await on.bring(address, 'one');
  await on.bring(address, 'two');
  expect(await texts(2)).toEqual(['You said: two']);
  expect(await inState('failed')).toMatchObject({ address, channel: 'mail', attempts: 1, principal: 'owner' });
});

test('what may have been sent is unknown, never sent again, and holds up nothing', async () => {
  on.interfere.after = ({ text }) => {
    if (text === 'You said: one') throw new Error('it broke after it was sent');
  };
  await on.bring(address, 'one');
  await on.bring(address, 'two');
  expect(await texts(3)).toEqual(['You said: one', 'You said: two']);
  expect(await inState('unknown')).toMatchObject({ attempts: 1, error: { code: 'internal' } });
  expect(await texts(3)).toHaveLength(2);
});

test('nothing goes to an address that is not linked any more', async () => {
  const held = Promise.withResolvers<void>();
  on.interfere.before = () => held.promise;
  await on.bring(address, 'one');
  await on.bring(address, 'two');
  await inState('sending');
  const { identities } = (await (await on.call('GET', '/v1/identities?limit=200')).json()) as {
    identities: { id: string; address: string }[];
  };
  const id = identities.find((identity) => identity.address === address)?.id;
  expect((await on.call('DELETE', `/v1/identities/${id}`)).status).toBe(200);
  held.resolve();
  expect(await inState('failed')).toMatchObject({ error: { code: 'forbidden' } });
  expect(await texts(2)).toEqual(['You said: one']);
});

test('what could not be sent in time is not sent later', { timeout: 90_000 }, async () => {
  const hasty = await channelStage({ DELIVERY_SECONDS: '8' });
  try {
    const away = await hasty.startAgent();
    const theirs = freshAddress();
    await hasty.link(theirs);
    const ended = (state: string, count: number) =>
      waitUntil(
        `${count} that are ${state}`,
        async () => {
          const found = (await hasty.deliveries(state)).filter((one) => one.address === theirs);
          return found.length === count && found;
        },
        20_000,
      );
    // In the middle of it its agent goes, and nobody can tell; the other one has not been begun.
    const begun = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    hasty.interfere.noted = () => {
      begun.resolve();
      return going.promise;
    };
    await hasty.bring(theirs, 'one');
    await hasty.bring(theirs, 'two');
    await begun.promise;
    await ended('queued', 1);
    const stopped = away.stop();
    await ended('unknown', 1);
    expect(await ended('failed', 1)).toMatchObject([{ attempts: 0, error: { code: 'deadline-exceeded' } }]);
    going.reject(new Error('gone'));
    await stopped;
    delete hasty.interfere.noted;
    await hasty.startAgent();
    await hasty.bring(theirs, 'three');
    expect((await hasty.received(theirs, 2)).at(-1)).toMatchObject({ text: 'You said: three' });
  } finally {
    await hasty.close();
  }
});

test('operators see their own; with the scope admin everybody’s', async () => {
  const { key } = await makeKey(on, ['operate'], { principalId: await makePrincipal(on) });
  const listed = await callerWith(on, key)('GET', '/v1/deliveries');
  expect(await listed.json()).toEqual({ deliveries: [] });
  expect((await ofAddress('sent')).length).toBeGreaterThan(0);
  const { key: lesser } = await makeKey(on, ['sessions']);
  expect((await callerWith(on, lesser)('GET', '/v1/deliveries')).status).toBe(403);
});

test('the skill that sends is for the gateway alone', async () => {
  const { skills } = (await (await on.call('GET', '/v1/skills')).json()) as { skills: { name: string }[] };
  expect(skills.map(({ name }) => name).sort()).toEqual(['burn', 'lose-it', 'make-files', 'note-it', 'repeat-it']);
  expect((await on.call('GET', '/v1/skills/reply-mail')).status).toBe(404);
  const headers = { 'idempotency-key': randomUUID() };
  const input = { address, thread: 'a thread', text: 'let me out', attachments: [] };
  expect((await on.call('POST', '/v1/skills/reply-mail/invoke', { input }, headers)).status).toBe(404);
  const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { skills: string[] }[] };
  expect(agents[0]?.skills).not.toContain('reply-mail');
});

test('a plan that names it is not carried out, whoever made it', async () => {
  const { contract } = replySkill('mail', on.outbox);
  const { contractHash } = describeContract(contract);
  const input = { address, thread: 'a thread', text: 'let me out', attachments: [] };
  const { contractHash: other } = describeContract(plainSkills[0]?.contract ?? contract);
  expect(contractHash).not.toBe(other);
  on.replan({ agent: agentName, skill: 'reply-mail', contractHash, input });
  try {
    await on.bring(address, 'anything');
    const [said] = await texts(2);
    expect(said).toContain('not offered any more');
    expect(on.outbox.sent().some(({ text }) => text === 'let me out')).toBe(false);
  } finally {
    on.replan(undefined);
  }
});
