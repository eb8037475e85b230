// The chat network when things go wrong: wrong passwords, servers that die, wires that break, and no message twice.
import { waitUntil } from '@switchboard/testkit';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCutWire } from './cut-wire.ts';
import { hears } from './xmpp-person.ts';
import { agent, anna, connect, enough, listen, noNote, outgoing, person, users } from './xmpp-stage.ts';

const packages = await prosodyPackages();
const portOf = (service: string): number => Number(new URL(service.replace('xmpp:', 'http:')).port);

describe.skipIf(packages.missing !== undefined)('over Prosody', { timeout: 90_000 }, () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await startProsody({ users });
  }, 60_000);
  afterAll(() => prosody?.stop());

  /** How often a text has reached anna by the time that a later one has. */
  async function timesAtAnna(text: string): Promise<number> {
    const mark = `mark ${Math.random()}`;
    const reader = await person(prosody, 'anna', { resource: `reader-${Math.random()}` });
    const ben = await person(prosody, 'ben');
    await ben.say(anna, mark);
    await hears(reader, (stanza) => stanza.getChildText('body') === mark);
    return reader.texts().filter((heard) => heard === text).length;
  }

  test('a wrong password is told at once, with where to look', async () => {
    const network = connect(prosody.service, { password: 'wrong' });
    const left: string[] = [];
    const leaving = async (): Promise<void> => void left.push('left');
    for (let again = 0; again < 2; again += 1) {
      const refused = network.send(outgoing('x'), { signal: enough(), leaving });
      await expect(refused).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('XMPP_PASSWORD_FILE'),
      });
    }
    expect(left).toEqual([]);
  });

  test('a server that is away is waited for; then it is sent, once', async () => {
    const network = connect(prosody.service);
    await network.position(enough());
    await prosody.kill9();
    const text = 'when you are back';
    const sent = network.send(outgoing(text), { signal: enough(60_000), leaving: noNote });
    await prosody.restart();
    await sent;
    expect(await timesAtAnna(text)).toBe(1);
  });

  test('whoever does not wait so long has sent nothing', async () => {
    const network = connect(prosody.service);
    await network.position(enough());
    await prosody.kill9();
    const message = outgoing('too late');
    const canceled = new AbortController();
    const sent = network.send(message, { signal: canceled.signal, leaving: noNote });
    canceled.abort(new Error('the person said so'));
    await expect(sent).rejects.toThrow('the person said so');
    await prosody.restart();
    expect(await network.holds(message, new Date(), enough())).toBe(false);
  });

  test('the server dies before it has taken it: nobody knows, and it is not sent again', async () => {
    const network = connect(prosody.service);
    await network.position(enough());
    const message = outgoing('into the void');
    const leaving = async (): Promise<void> => void process.kill(prosody.pid, 'SIGSTOP');
    const sent = network.send(message, { signal: enough(60_000), leaving }).catch((error: unknown) => error);
    // What is written to a stopped server waits in the kernel, and goes with it.
    await prosody.kill9();
    await prosody.restart();
    const outcome = await sent;
    expect(outcome).toBeInstanceOf(Error);
    expect(['outcome-unknown', 'unavailable']).toContain((outcome as Error & { code: string }).code);
    expect(await timesAtAnna(message.text)).toBe(0);
  });

  test('the wire breaks before the answer: it is looked for, found, and not sent again', async () => {
    const wire = await startCutWire(portOf(prosody.service));
    onTestFinished(() => wire.stop());
    const reader = await person(prosody, 'anna');
    const network = connect(`xmpp://127.0.0.1:${wire.port}`);
    await network.position(enough());
    const message = outgoing('heard and not answered');
    const passed = wire.deafAfter(message.id);
    const sent = network.send(message, { signal: enough(), leaving: noNote });
    await passed;
    await hears(reader, (stanza) => stanza.getChildText('body') === message.text);
    wire.cut();
    expect(await sent).toEqual({ delivered: false });
    expect(await timesAtAnna(message.text)).toBe(0);
    expect(reader.texts().filter((text) => text === message.text)).toHaveLength(1);
  });

  test('reads on where it was, over deaths of the server and of the wire', async () => {
    const wire = await startCutWire(portOf(prosody.service));
    onTestFinished(() => wire.stop());
    const network = connect(`xmpp://127.0.0.1:${wire.port}`);
    const heard = await listen(network);
    const said: string[] = [];
    for (const trouble of ['none', 'cut', 'killed', 'cut', 'killed']) {
      const speaker = await person(prosody, 'ben', { resource: trouble });
      for (const n of [1, 2, 3]) {
        said.push(`${said.length} ${trouble} ${n}`);
        await speaker.say(agent, said.at(-1) ?? '');
        if (n === 2 && trouble === 'cut') wire.cut();
      }
      // What Prosody has answered it has written down.
      await speaker.settle();
      if (trouble === 'killed') {
        await prosody.kill9();
        await prosody.restart();
      }
      await waitUntil('all of it has come', () => heard.texts().length >= said.length, 30_000);
    }
    expect(heard.texts()).toEqual(said);
  });
});

describe.skipIf(packages.missing !== undefined)('where the server keeps no archive', { timeout: 60_000 }, () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await startProsody({ users, without: ['mam'] });
  }, 60_000);
  afterAll(() => prosody?.stop());

  test('messages are taken as they come, and what was kept for an absent agent when it comes', async () => {
    const ben = await person(prosody, 'ben');
    await ben.say(agent, 'before you came');
    await ben.settle();
    const network = connect(prosody.service);
    const heard = await listen(network);
    await waitUntil('the first has come', () => heard.texts().length === 1, 20_000);
    await ben.say(agent, 'now');
    await waitUntil('the second has come', () => heard.texts().length === 2, 20_000);
    expect(heard.texts()).toEqual(['before you came', 'now']);
    expect(heard.arrivals.map(({ position }) => position)).toEqual([undefined, undefined]);
    expect(await network.holds(outgoing('x'), new Date(), enough())).toBeUndefined();
  });

  test('a flood that nobody reads is given back to its sender, and not held', async () => {
    const network = connect(prosody.service);
    await network.position(enough());
    const ben = await person(prosody, 'ben');
    for (let n = 0; n < 230; n += 1) await ben.say(agent, `flood ${n}`);
    const isRefusal = (stanza: { attrs: Record<string, unknown> }): boolean => stanza.attrs['type'] === 'error';
    await waitUntil('what was too much has come back', () => ben.stanzas.filter(isRefusal).length === 30, 20_000);
    const heard = await listen(network);
    await waitUntil('the others come in', () => heard.texts().length === 200, 20_000);
  });
});
