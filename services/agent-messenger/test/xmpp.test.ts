// The chat network over a real XMPP server: out, in, over its deaths, and nothing doubled.
import { SkillError } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { xml } from '@xmpp/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hears } from './xmpp-person.ts';
import { agent, connect, enough, listen, noNote, outgoing, person, users } from './xmpp-stage.ts';

const packages = await prosodyPackages();

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 60_000 }, () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await startProsody({ users });
  }, 60_000);
  afterAll(() => prosody?.stop());

  test('a message arrives once, as it was', async () => {
    const anna = await person(prosody, 'anna', { acknowledges: true });
    const network = connect(prosody.service);
    const text = 'dinner at 7 & <b>no</b> ]]> "quotes"\n\ttabs, ünïcødé, 𝄞 and 🍝';
    const message = outgoing(text);
    expect(await network.send(message, { signal: enough(), leaving: noNote })).toEqual({ delivered: true });
    expect(anna.texts()).toEqual([text]);
    expect(anna.stanzas[0]?.attrs).toMatchObject({ id: message.id, from: `${agent}/switchboard`, type: 'chat' });
    expect(await network.holds(message, new Date(), enough())).toBe(true);
    expect(await network.holds(outgoing('never sent'), new Date(), enough())).toBe(false);
  });

  test('one that nobody has online is kept by the server', async () => {
    const network = connect(prosody.service);
    const text = `for later ${Date.now()}`;
    const sent = network.send(outgoing(text, 'ben@example.org'), { signal: enough(), leaving: noNote });
    expect(await sent).toEqual({ delivered: false });
    const ben = await person(prosody, 'ben');
    await hears(ben, (stanza) => stanza.getChildText('body') === text);
  });

  test('one to nobody comes back, with words', async () => {
    const network = connect(prosody.service);
    const sent = network.send(outgoing('hello', 'nobody@example.org'), { signal: enough(), leaving: noNote });
    const refused = await sent.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SkillError);
    expect(refused).toMatchObject({
      reason: 'not-delivered',
      message: 'The message could not be delivered: there is no such account, or it takes no messages.',
    });
  });

  test('what is said to the agent comes in with who said it, in order, and once', async () => {
    const network = connect(prosody.service);
    const heard = await listen(network);
    const anna = await person(prosody, 'anna');
    const texts = Array.from({ length: 60 }, (_, n) => `${n} ünï`);
    for (const text of texts) await anna.say(agent, text);
    await waitUntil('all have come', () => heard.texts().length === texts.length, 20_000);
    expect(heard.texts()).toEqual(texts);
    const messages = heard.messages();
    expect(new Set(messages.map(({ id }) => id)).size).toBe(texts.length);
    expect(messages[0]).toMatchObject({ from: 'anna@example.org', authenticated: true });
    // Those that were dealt with are not there for whoever goes on after them.
    await network.close();
    const again = await listen(connect(prosody.service), heard.arrivals.at(-1)?.position);
    await anna.say(agent, 'one more');
    await waitUntil('it has come', () => again.texts().length > 0, 20_000);
    expect(again.texts()).toEqual(['one more']);
  });

  test('what was said while nobody listened comes in at the next start', async () => {
    const first = connect(prosody.service);
    const position = await first.position(enough());
    await first.close();
    const anna = await person(prosody, 'anna');
    await anna.say(agent, 'while you were away');
    await anna.say(agent, 'and this');
    const heard = await listen(connect(prosody.service), position);
    await waitUntil('both have come', () => heard.texts().length === 2, 20_000);
    expect(heard.texts()).toEqual(['while you were away', 'and this']);
  });

  test('a message that its sender sends again has the same id', async () => {
    const network = connect(prosody.service);
    const heard = await listen(network);
    const anna = await person(prosody, 'anna');
    const origin = xml('origin-id', { xmlns: 'urn:xmpp:sid:0', id: 'of-my-phone' });
    await anna.say(agent, 'did this get through?', [origin]);
    await anna.say(agent, 'did this get through?', [origin]);
    await waitUntil('both have come', () => heard.texts().length === 2, 20_000);
    const [one, two] = heard.messages();
    expect(one?.id).toBe(two?.id);
  });
});
