// The chat channel: each message is on the gateway's disk before the cursor moves, and comes again until it is.
import { join } from 'node:path';
import type { Door } from '@switchboard/agent';
import { type InboundReply, type MessageOf, SwitchboardError } from '@switchboard/contract';
import { tempFolder, waitUntil } from '@switchboard/testkit';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { xml } from '@xmpp/client';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { allowList } from '../src/allow-list.ts';
import { createChat } from '../src/chat/chat.ts';
import { chatChannel } from '../src/chat/chat-channel.ts';
import { type Cursor, openCursor } from '../src/cursor.ts';
import { hears } from './xmpp-person.ts';
import { agent, connect, log, person, users } from './xmpp-stage.ts';

const packages = await prosodyPackages();
type Message = MessageOf<'inbound'>;
type Outcome = InboundReply['outcome'];

/** A gateway that answers as it is told, and what it was brought. */
function gatewayThat(answers: (message: Message) => Outcome | Promise<Outcome>): { door: Door; brought: Message[] } {
  const brought: Message[] = [];
  const door: Door = {
    async bring(message) {
      brought.push(message);
      return { v: 1, outcome: await answers(message), text: '' };
    },
  };
  return { door, brought };
}

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 60_000 }, () => {
  let prosody: Prosody;
  let cursor: Cursor;
  beforeAll(async () => {
    prosody = await startProsody({ users });
  }, 60_000);
  afterAll(() => prosody?.stop());
  beforeEach(async () => {
    const folder = await tempFolder();
    onTestFinished(() => folder.remove());
    cursor = openCursor(join(folder.path, 'cursor.json'), 'xmpp:agent@example.org');
  });

  /** Started, and listening; what it returns ends it. */
  async function open(door: Door, isAllowed = allowList('')): Promise<() => Promise<void>> {
    const network = connect(prosody.service);
    const life = { log, stopping: new AbortController().signal, onStop() {}, ready() {}, die: neverDie };
    const end = chatChannel({ network, cursor, isAllowed }).start(door, life);
    onTestFinished(end);
    await waitUntil('it knows where it begins', () => cursor.read(), 20_000);
    return async () => {
      await end();
      await network.close();
    };
  }

  test('brings who said what, and when, by the server’s clock', async () => {
    const { door, brought } = gatewayThat(() => 'accepted');
    await open(door);
    const anna = await person(prosody, 'anna');
    const began = Date.now() - 1_000;
    await anna.say(agent, 'K7QF3-9XMPA');
    await waitUntil('it is brought', () => brought.length === 1, 20_000);
    expect(brought[0]).toMatchObject({
      v: 1,
      address: 'anna@example.org',
      authenticated: true,
      thread: 'direct',
      text: 'K7QF3-9XMPA',
    });
    expect(brought[0]?.messageId).toMatch(/^archive-[0-9a-f]{40}$/);
    expect(Date.parse(brought[0]?.receivedAt ?? '')).toBeGreaterThanOrEqual(began);
  });

  test('what was said before it first began is not for it', async () => {
    const anna = await person(prosody, 'anna');
    await anna.say(agent, 'long ago');
    await anna.settle();
    const { door, brought } = gatewayThat(() => 'accepted');
    await open(door);
    await anna.say(agent, 'now');
    await waitUntil('it is brought', () => brought.length > 0, 20_000);
    expect(brought.map(({ text }) => text)).toEqual(['now']);
  });

  test('what was not on the gateway’s disk when it ended is brought again, under the same id', async () => {
    const never = Promise.withResolvers<Outcome>();
    const slow = gatewayThat(({ text }) => (text === 'two' ? never.promise : 'accepted'));
    const endFirst = await open({
      bring: (message, signal) =>
        Promise.race([
          slow.door.bring(message, signal),
          new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        ]),
    });
    const anna = await person(prosody, 'anna');
    for (const text of ['one', 'two', 'three']) await anna.say(agent, text);
    await waitUntil('the second is on its way', () => slow.brought.length === 2, 20_000);
    await endFirst();
    await anna.say(agent, 'four');
    const { door, brought } = gatewayThat(() => 'accepted');
    await open(door);
    await waitUntil('the rest is brought', () => brought.length === 3, 20_000);
    expect(brought.map(({ text }) => text)).toEqual(['two', 'three', 'four']);
    expect(brought[0]?.messageId).toBe(slow.brought[1]?.messageId);
  });

  test('tells whoever asks that it was taken, once it is, and strangers nothing', async () => {
    const { door } = gatewayThat(({ address }) => (address === 'anna@example.org' ? 'accepted' : 'unknown'));
    await open(door);
    const [anna, ben] = [await person(prosody, 'anna'), await person(prosody, 'ben')];
    const request = xml('request', 'urn:xmpp:receipts');
    await ben.say(agent, 'who are you?', [request]);
    const id = await anna.say(agent, 'hello', [request]);
    const receipt = await hears(anna, (stanza) => stanza.getChild('received', 'urn:xmpp:receipts') !== undefined);
    expect(receipt.getChild('received')?.attrs['id']).toBe(id);
    await ben.settle();
    expect(ben.stanzas).toEqual([]);
  });

  test('those who are not on the list are not heard, and not answered', async () => {
    const { door, brought } = gatewayThat(() => 'accepted');
    await open(door, allowList('anna@example.org'));
    const [anna, ben] = [await person(prosody, 'anna'), await person(prosody, 'ben')];
    await ben.say(agent, 'let me in');
    await ben.settle();
    await anna.say(agent, 'hello');
    await waitUntil('one is brought', () => brought.length > 0, 20_000);
    expect(brought.map(({ address }) => address)).toEqual(['anna@example.org']);
    expect(ben.stanzas).toEqual([]);
  });

  test('a message that the gateway never takes goes back, and does not hold up the next', async () => {
    const { door, brought } = gatewayThat(({ text }) => {
      if (text === 'poison') throw new SwitchboardError('invalid-request', 'It is not like that');
      return 'accepted';
    });
    await open(door);
    const anna = await person(prosody, 'anna');
    const id = await anna.say(agent, 'poison');
    await anna.say(agent, 'food');
    await waitUntil('both were brought', () => brought.length === 2, 20_000);
    await hears(anna, ({ attrs }) => attrs['type'] === 'error' && attrs['id'] === id);
  });

  test('who speaks faster than anybody can is given the rest back', async () => {
    const { door, brought } = gatewayThat(() => 'accepted');
    await open(door);
    const ben = await person(prosody, 'ben');
    for (let n = 0; n < 45; n += 1) await ben.say(agent, `${n}`);
    await waitUntil(
      '15 came back',
      () => ben.stanzas.filter(({ attrs }) => attrs['type'] === 'error').length === 15,
      20_000,
    );
    expect(brought.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, n) => `${n}`));
  });
});

function neverDie(why: string): never {
  throw new Error(why);
}

test('a cursor is of one account, and survives what is not one', async () => {
  const folder = await tempFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'cursor.json');
  expect(await openCursor(path, 'xmpp:a@b.c').read()).toBeUndefined();
  await openCursor(path, 'xmpp:a@b.c').write('{"id":"1"}');
  expect(await openCursor(path, 'xmpp:a@b.c').read()).toBe('{"id":"1"}');
  expect(await openCursor(path, 'xmpp:other@b.c').read()).toBeUndefined();
});

test.each([
  ['', 'anna@example.org', true],
  ['anna@example.org', 'anna@example.org', true],
  ['Anna@Example.org, x@y.z', 'anna@example.org', true],
  ['example.org', 'anna@example.org', true],
  ['example.org', 'anna@evil-example.org', false],
  ['example.org', 'anna@sub.example.org', false],
  ['anna@example.org', 'example.org@evil.net', false],
])('the list %j and %s: %s', (list, address, allowed) => {
  expect(allowList(list)(address)).toBe(allowed);
});

describe('the settings', () => {
  const settings = { DATA_DIR: '/nowhere', XMPP_ALLOW: '' };
  const life = { log, onStop() {} };

  test('nothing, or not everything, set: not offered, with what to set', async () => {
    const none = await createChat(settings, life);
    expect(none.channels).toEqual([]);
    const why = 'no chat account is configured: set XMPP_SERVICE, XMPP_JID and XMPP_PASSWORD_FILE';
    expect(none.unavailable).toEqual(['send-message', 'reply-chat'].map((skill) => ({ skill, why })));
    const some = await createChat({ ...settings, XMPP_SERVICE: 'xmpp://127.0.0.1:1', XMPP_JID: 'a@b.c' }, life);
    expect(some.unavailable[0]?.why).toBe('no chat account is configured: set XMPP_PASSWORD_FILE');
  });

  test('an address that is none is refused', async () => {
    const wrong = { ...settings, XMPP_SERVICE: 'xmpp://127.0.0.1:1', XMPP_JID: 'agent', XMPP_PASSWORD: 'x' };
    await expect(createChat(wrong, life)).rejects.toThrow('XMPP_JID');
  });
});
