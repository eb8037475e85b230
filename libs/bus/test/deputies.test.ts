// S5: nobody can make the broker, or another service, say for them what they may not say themselves.
import { randomUUID } from 'node:crypto';
import { invocationId } from '@switchboard/contract';
import { startTestNats, type TestNats, waitUntil } from '@switchboard/testkit';
import { headers, type MsgHdrs, type NatsConnection, type PublishOptions } from 'nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bus, connectBus } from '../src/index.ts';
import { agents, connectAs, parties } from './parties.ts';

const target = 'sb.skill.workstation.run-command';
let nats: TestNats;
/** The victim, hearing all that it may, on the very skill that is aimed at. */
let workstation: NatsConnection;
let gateway: NatsConnection;
const heard: string[] = [];
beforeAll(async () => {
  nats = await startTestNats({ agents });
  [workstation, gateway] = await Promise.all([connectAs(nats, 'workstation'), connectAs(nats, 'gateway')]);
  workstation.subscribe('sb.skill.workstation.*', { callback: (_, msg) => heard.push(msg.string()) });
  await workstation.flush();
  for (const session of ['a', 'b']) gateway.publish(`sb.event.${session}.turn-completed`, 'kept content');
  await waitUntil('the events are kept', async () => (await messagesIn('SB_EVENTS')) === 2);
});
afterAll(async () => {
  await Promise.all([workstation?.close(), gateway?.close()]);
  await nats?.stop();
});

async function messagesIn(stream: string): Promise<number> {
  const provisioner = await connectAs(nats, 'provisioner');
  try {
    const answer = new Promise<string>((resolve) => {
      provisioner.subscribe('_INBOX.provisioner.info', { callback: (_, msg) => resolve(msg.string()) });
    });
    provisioner.publish(`$JS.API.STREAM.INFO.${stream}`, '', { reply: '_INBOX.provisioner.info' });
    return JSON.parse(await answer).state.messages;
  } finally {
    await provisioner.close();
  }
}

/** What the victim hears of it: all that came before a word of the gateway's that is said after it. */
async function whatArrives(): Promise<string[]> {
  const mark = randomUUID();
  gateway.publish(target, mark);
  await waitUntil('the gateway is heard', () => heard.includes(mark));
  return heard.splice(0).filter((text) => text !== mark);
}

async function as(party: string, attack: (nc: NatsConnection) => void | Promise<void>): Promise<void> {
  const nc = await connectAs(nats, party);
  await attack(nc);
  await nc.flush();
  await nc.close();
}

const withHeaders = (fields: Readonly<Record<string, string>>): MsgHdrs => {
  const all = headers();
  for (const [name, value] of Object.entries(fields)) all.set(name, value);
  return all;
};

describe('JetStream hands nobody’s skill anything', () => {
  const calls: readonly [api: string, body: object][] = [
    ['STREAM.MSG.GET.SB_EVENTS', { seq: 1 }],
    ['STREAM.MSG.GET.SB_EVENTS', { last_by_subj: 'sb.event.a.turn-completed' }],
    ['DIRECT.GET.SB_EVENTS', { seq: 1 }],
    ['CONSUMER.MSG.NEXT.SB_EVENTS.c', { batch: 10, no_wait: true }],
    [
      'CONSUMER.CREATE.SB_EVENTS',
      { stream_name: 'SB_EVENTS', config: { deliver_subject: target, deliver_policy: 'all', ack_policy: 'none' } },
    ],
    ['STREAM.CREATE.COPY', { name: 'COPY', subjects: ['x'], republish: { src: '>', dest: target } }],
    ['STREAM.LIST', {}],
    ['INFO', {}],
  ];

  test.each(parties.filter((party) => party !== 'gateway' && party !== 'provisioner'))(
    '%s asks it to answer there: nothing arrives',
    async (party) => {
      await as(party, (nc) => {
        for (const [api, body] of calls) {
          nc.publish(`$JS.API.${api}`, JSON.stringify(body), { reply: target });
          nc.publish(`sb.kept.${api}`, JSON.stringify(body), { reply: target });
        }
      });
      expect(await whatArrives()).toEqual([]);
    },
  );

  test('not even the gateway can have it read, change or empty a stream', async () => {
    await as('gateway', (nc) => {
      for (const [api, body] of calls) nc.publish(`$JS.API.${api}`, JSON.stringify(body), { reply: target });
      for (const api of ['STREAM.PURGE.SB_EVENTS', 'STREAM.DELETE.SB_EVENTS']) nc.publish(`$JS.API.${api}`, '{}');
    });
    expect(await whatArrives()).toEqual([]);
    expect(await messagesIn('SB_EVENTS')).toBe(2);
  });
});

describe('what an agent writes into the audit', () => {
  const say = (more: PublishOptions, body = '{}') =>
    as('browser', (nc) => nc.publish('sb.audit.browser.refused', body, more));

  test.each<[string, PublishOptions, string?]>([
    ['kept', { reply: target }],
    ['refused for a wrong sequence', { reply: target, headers: withHeaders({ 'Nats-Expected-Last-Sequence': '999' }) }],
    ['refused for a wrong stream', { reply: target, headers: withHeaders({ 'Nats-Expected-Stream': 'OTHER' }) }],
    ['a repeat', { reply: target, headers: withHeaders({ 'Nats-Msg-Id': 'one' }) }],
    ['a repeat', { reply: target, headers: withHeaders({ 'Nats-Msg-Id': 'one' }) }],
    ['too large for the stream', { reply: target }, 'x'.repeat(100_000)],
  ])('is acknowledged to nobody: %s', async (_, more, body) => {
    await say(more, body);
    expect(await whatArrives()).toEqual([]);
  });

  test.each(['Nats-Trace-Dest', 'traceparent'])('has no trace sent to another agent by %s', async (name) => {
    await say({ headers: withHeaders({ [name]: target, 'Nats-Trace-Only': 'true' }) });
    expect(await whatArrives()).toEqual([]);
  });

  test.each<[string, Record<string, string>]>([
    ['rolls nothing up', { 'Nats-Rollup': 'all' }],
    ['rolls nothing up', { 'Nats-Rollup': 'sub' }],
    ['puts no marker in the place of the rest', { 'Nats-TTL': '1s', 'Nats-Marker-Reason': 'Purge' }],
  ])('%s', async (_, fields) => {
    const before = await messagesIn('SB_AUDIT');
    for (const text of ['to', 'be', 'kept']) await say({}, text);
    await say({ headers: withHeaders(fields) }, 'the only one left');
    await say({}, 'the next');
    await waitUntil('all but that one are kept', async () => (await messagesIn('SB_AUDIT')) >= before + 4);
    expect(await whatArrives()).toEqual([]);
  });
});

describe('answers', () => {
  const id = invocationId(randomUUID(), 1, 1);
  const forged = JSON.stringify({ v: 1, id, state: 'running' });
  const bus = (user: string): Promise<Bus> => connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });

  test('of another agent are not taken, even by one that has learned where answers go', async () => {
    const [asking, browser] = await Promise.all([bus('gateway'), connectAs(nats, 'browser')]);
    let learned = '';
    browser.subscribe('sb.agent.browser.status', {
      callback(_, msg) {
        learned = msg.reply ?? '';
        msg.respond(forged);
      },
    });
    // Asked of the workstation, which answers nothing: the address of the question is known to nobody else.
    const addresses: string[] = [];
    workstation.subscribe('sb.agent.workstation.status', { callback: (_, msg) => addresses.push(msg.reply ?? '') });
    await Promise.all([workstation.flush(), browser.flush()]);
    await asking.request('status', { agent: 'browser' }, { v: 1, id }, { replier: 'browser', timeoutMs: 2_000 });
    const status = { replier: 'workstation', timeoutMs: 500 };
    const asked = asking.request('status', { agent: 'workstation' }, { v: 1, id }, status);
    const address = await waitUntil('the question', () => addresses[0]);
    const guesses = [
      address,
      address.replace('.workstation.', '.browser.'),
      learned,
      learned.replace(/[^.]+$/, address.split('.').at(-1) ?? ''),
      ...Array.from({ length: 100 }, () => learned.replace(/[^.]+$/, randomUUID())),
    ];
    for (const guess of guesses) browser.publish(guess, forged);
    await expect(asked).rejects.toMatchObject({ kind: 'timeout' });
    await Promise.all([asking.close(), browser.close()]);
  });

  test('go where the asker says only if the agent may speak there', async () => {
    const mail = await bus('mail');
    const refused: string[] = [];
    mail.respond('status', async ({ message }) => ({ v: 1, id: message.id, state: 'running' }) as const, {
      parameters: { agent: 'mail' },
      onRefused: (info) => refused.push(info.code),
    });
    await mail.flush();
    for (const reply of [
      target,
      'sb.route',
      'sb.event.a.turn-completed',
      '_INBOX.gw.workstation.a.b',
      '$JS.API.INFO',
    ]) {
      gateway.publish('sb.agent.mail.status', JSON.stringify({ v: 1, id }), { reply });
    }
    const timing = { replier: 'mail', timeoutMs: 2_000 };
    const asking = await bus('gateway');
    const answer = await asking.request('status', { agent: 'mail' }, { v: 1, id }, timing);
    expect(answer, 'the agent goes on').toMatchObject({ state: 'running' });
    expect(await whatArrives()).toEqual([]);
    expect(refused).toEqual([]);
    await Promise.all([asking.close(), mail.close()]);
  });
});

test('a message that is too large drops its sender, and nobody else', async () => {
  const flooder = await connectAs(nats, 'browser');
  const { info } = flooder;
  if (info === undefined) throw new Error('not connected');
  // The client keeps the limit that the broker told it: an attacker's does not.
  info.max_payload = 10 * info.max_payload;
  flooder.publish('sb.audit.browser.refused', 'x'.repeat(2 * 1024 * 1024));
  expect(await flooder.closed()).toBeInstanceOf(Error);
  expect(await whatArrives()).toEqual([]);
  expect([workstation.isClosed(), gateway.isClosed()]).toEqual([false, false]);
});
