// The chat network over a real XMPP server: out, in, over its deaths, and nothing doubled.
import { SkillError } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { waitUntil } from '@switchboard/testkit';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { xml } from '@xmpp/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Arrival, ChatNetwork } from '../src/chat/network.ts';
import { openXmpp } from '../src/chat/xmpp/xmpp-network.ts';
import { comeOnline, hears, type Person } from './xmpp-person.ts';

const packages = await prosodyPackages();
const log = createLog('test', process.env['LOG_LEVEL'] || 'silent');
const users = { agent: 'secret', anna: 'secret', ben: 'secret' };
const agent = 'agent@example.org';
const enough = (): AbortSignal => AbortSignal.timeout(30_000);
const noNote = async (): Promise<void> => undefined;

function connect(prosody: Prosody, password = 'secret'): ChatNetwork {
  const retryMs = { first: 100, most: 500 };
  const network = openXmpp({ service: prosody.service, address: agent, password, mayBePlain: true, log, retryMs });
  onTestFinished(() => network.close());
  return network;
}

async function person(prosody: Prosody, name: string, options = {}): Promise<Person> {
  const somebody = await comeOnline(prosody, name, options);
  onTestFinished(() => somebody.leave());
  return somebody;
}

/** Collects what comes in, until the test ends. */
function listen(network: ChatNetwork, after?: string): Arrival[] {
  const ending = new AbortController();
  onTestFinished(() => ending.abort(new Error('the test has ended')));
  const arrivals: Arrival[] = [];
  const run = async (): Promise<void> => {
    const from = after ?? (await network.position(ending.signal));
    for await (const arrival of network.incoming(from, ending.signal)) arrivals.push(arrival);
  };
  run().catch(() => undefined);
  return arrivals;
}

const textsOf = (arrivals: readonly Arrival[]): string[] => arrivals.flatMap(({ message }) => message?.text ?? []);

let next = 0;
const outgoing = (text: string, to = 'anna@example.org') => ({ id: `test-${process.pid}-${next++}`, to, text });

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 60_000 }, () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await startProsody({ users });
  }, 60_000);
  afterAll(() => prosody?.stop());

  test('a message arrives once, as it was', async () => {
    const anna = await person(prosody, 'anna', { acknowledges: true });
    const network = connect(prosody);
    const text = 'dinner at 7 & <b>no</b> ]]> "quotes"\n\ttabs, ünïcødé, 𝄞 and 🍝';
    const message = outgoing(text);
    expect(await network.send(message, { signal: enough(), leaving: noNote })).toEqual({ delivered: true });
    expect(anna.texts()).toEqual([text]);
    expect(anna.stanzas[0]?.attrs).toMatchObject({ id: message.id, from: `${agent}/switchboard`, type: 'chat' });
    expect(await network.holds(message, new Date(), enough())).toBe(true);
    expect(await network.holds(outgoing('never sent'), new Date(), enough())).toBe(false);
  });

  test('one that nobody has online is kept by the server', async () => {
    const network = connect(prosody);
    const text = `for later ${Date.now()}`;
    const sent = network.send(outgoing(text, 'ben@example.org'), { signal: enough(), leaving: noNote });
    expect(await sent).toEqual({ delivered: false });
    const ben = await person(prosody, 'ben');
    await hears(ben, (stanza) => stanza.getChildText('body') === text);
  });

  test('one to nobody comes back, with words', async () => {
    const network = connect(prosody);
    const sent = network.send(outgoing('hello', 'nobody@example.org'), { signal: enough(), leaving: noNote });
    const refused = await sent.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SkillError);
    expect(refused).toMatchObject({
      reason: 'not-delivered',
      message: 'The message could not be delivered: there is no such account, or it takes no messages.',
    });
  });

  test('what is said to the agent comes in with who said it, in order, and once', async () => {
    const network = connect(prosody);
    const arrivals = listen(network);
    const anna = await person(prosody, 'anna');
    await network.position(enough());
    const texts = Array.from({ length: 60 }, (_, n) => `${n} ünï`);
    for (const text of texts) await anna.say(agent, text);
    await waitUntil('all have come', () => textsOf(arrivals).length === texts.length, 20_000);
    expect(textsOf(arrivals)).toEqual(texts);
    const messages = arrivals.flatMap(({ message }) => message ?? []);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(texts.length);
    expect(messages[0]).toMatchObject({ from: 'anna@example.org', authenticated: true });
    // Those that were dealt with are not there for whoever goes on after them.
    await network.close();
    const again = listen(connect(prosody), arrivals.at(-1)?.position);
    await anna.say(agent, 'one more');
    await waitUntil('it has come', () => textsOf(again).length > 0, 20_000);
    expect(textsOf(again)).toEqual(['one more']);
  });

  test('what was said while nobody listened comes in at the next start', async () => {
    const first = connect(prosody);
    const position = await first.position(enough());
    await first.close();
    const anna = await person(prosody, 'anna');
    await anna.say(agent, 'while you were away');
    await anna.say(agent, 'and this');
    const arrivals = listen(connect(prosody), position);
    await waitUntil('both have come', () => textsOf(arrivals).length === 2, 20_000);
    expect(textsOf(arrivals)).toEqual(['while you were away', 'and this']);
  });

  test('a message that its sender sends again has the same id', async () => {
    const network = connect(prosody);
    const arrivals = listen(network);
    const anna = await person(prosody, 'anna');
    await network.position(enough());
    const origin = xml('origin-id', { xmlns: 'urn:xmpp:sid:0', id: 'of-my-phone' });
    await anna.say(agent, 'did this get through?', [origin]);
    await anna.say(agent, 'did this get through?', [origin]);
    await waitUntil('both have come', () => textsOf(arrivals).length === 2, 20_000);
    const [one, two] = arrivals.flatMap(({ message }) => message ?? []);
    expect(one?.id).toBe(two?.id);
  });
});
