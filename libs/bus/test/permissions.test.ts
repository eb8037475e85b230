// What a service that has been taken over can say and hear on the bus: its own, and nothing else.
import { brokerUsers } from '@switchboard/contract';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { connect, type NatsConnection, nkeyAuthenticator } from 'nats';
import { afterAll, beforeAll, expect, test } from 'vitest';

const agents = ['workstation', 'browser'];
let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats({ agents });
});
afterAll(() => nats?.stop());

/** As an attacker would: the user's key, and a client of their own. */
function connectAs(user: string): Promise<NatsConnection> {
  const authenticator = nkeyAuthenticator(new TextEncoder().encode(nats.identities[user]));
  return connect({ servers: nats.url, authenticator, reconnect: false });
}

async function refusals(user: string, attack: (nc: NatsConnection) => void): Promise<string[]> {
  const nc = await connectAs(user);
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status()) {
      if (status.permissionContext)
        refused.push(`${status.permissionContext.operation} ${status.permissionContext.subject}`);
    }
  })();
  attack(nc);
  // The broker answers in order: what it refused it has said before this.
  await nc.flush();
  await nc.flush();
  await nc.close();
  return refused;
}

const forbiddenToSay = [
  'sb.skill.workstation.read-file',
  'sb.skill.browser.fetch-page',
  'sb.agent.workstation.status',
  'sb.agent.workstation.cancel',
  'sb.agent.workstation.reconcile',
  'sb.agent.workstation.artifact',
  'sb.agent.workstation.hello',
  'sb.agent.workstation.hb',
  'sb.agent.workstation.whoami',
  'sb.route',
  'sb.catalogue.workstation',
  'sb.who',
  'sb.event.s.turn-completed',
  'sb.audit.gateway.head',
  'sb.audit.workstation.started',
  'sb.progress.workstation.t',
  '_INBOX.gw.workstation.x',
  '_INBOX.gw.router.x',
  '_INBOX.workstation.x',
  '$JS.API.INFO',
  '$JS.API.STREAM.INFO.SB_EVENTS',
  '$JS.API.STREAM.MSG.GET.SB_EVENTS',
  '$JS.API.STREAM.DELETE.SB_EVENTS',
  '$JS.API.CONSUMER.CREATE.SB_EVENTS',
  '$JS.API.CONSUMER.MSG.NEXT.SB_EVENTS.c',
  '$SYS.REQ.SERVER.PING',
  '$SRV.PING',
];

test('an agent cannot speak for others, to others, or to JetStream', async () => {
  const refused = await refusals('browser', (nc) => {
    for (const subject of forbiddenToSay) nc.publish(subject, 'attack');
  });
  expect(refused.sort()).toEqual(forbiddenToSay.map((subject) => `publish ${subject}`).sort());
});

const forbiddenToHear = [
  '>',
  'sb.>',
  'sb.*',
  'sb.skill.>',
  'sb.skill.workstation.*',
  'sb.agent.>',
  'sb.agent.workstation.status',
  'sb.agent.*.hello',
  'sb.event.>',
  'sb.audit.>',
  'sb.route',
  'sb.catalogue.*',
  'sb.progress.*.*',
  '_INBOX.>',
  '_INBOX.gw.>',
  '_INBOX.gw.browser.>',
  '_INBOX.workstation.>',
  '$JS.>',
  '$SYS.>',
];

test('an agent cannot hear what is not said to it', async () => {
  const refused = await refusals('browser', (nc) => {
    for (const subject of forbiddenToHear) nc.subscribe(subject, { callback: () => {} });
  });
  expect(refused.sort()).toEqual(forbiddenToHear.map((subject) => `subscription ${subject}`).sort());
});

test('the router hears routes as one of its queue only, and no hello', async () => {
  const refused = await refusals('router', (nc) => {
    nc.subscribe('sb.route', { callback: () => {} });
    nc.subscribe('sb.route', { queue: 'another', callback: () => {} });
    nc.subscribe('sb.agent.*.hello', { callback: () => {} });
    nc.publish('sb.skill.workstation.read-file', 'attack');
  });
  expect(refused).toHaveLength(4);
});

test('the gateway can publish events, and not change or read the streams', async () => {
  const attacks = [
    'STREAM.DELETE.SB_EVENTS',
    'STREAM.PURGE.SB_EVENTS',
    'STREAM.UPDATE.SB_EVENTS',
    'STREAM.MSG.GET.SB_EVENTS',
  ];
  const refused = await refusals('gateway', (nc) => {
    for (const call of attacks) nc.publish(`$JS.API.${call}`, '{}');
    nc.subscribe('sb.skill.>', { callback: () => {} });
    nc.subscribe('sb.agent.*.status', { callback: () => {} });
  });
  expect(refused).toHaveLength(attacks.length + 2);
});

test('the operator can say nothing at all', async () => {
  const subjects = [...forbiddenToSay, 'sb.event.s.t', 'anything'];
  const refused = await refusals('operator', (nc) => {
    for (const subject of subjects) nc.publish(subject, 'attack');
  });
  expect(refused).toHaveLength(subjects.length);
});

test('the operator hears what is kept, in an account of its own', async () => {
  const [operator, gateway] = await Promise.all([connectAs('operator'), connectAs('gateway')]);
  const heard = new Promise<string>((resolve) => {
    operator.subscribe('sb.event.>', { callback: (_, msg) => resolve(msg.subject) });
  });
  await operator.flush();
  gateway.publish('sb.event.s.turn-completed', '{}');
  expect(await heard).toBe('sb.event.s.turn-completed');
  await Promise.all([operator.close(), gateway.close()]);
});

test('nobody gets in without a key of a user', async () => {
  await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i);
  await expect(connect({ servers: nats.url, user: 'gateway', pass: '', reconnect: false })).rejects.toThrow(
    /authorization/i,
  );
  expect(brokerUsers(agents).map((user) => user.name)).toEqual([
    'gateway',
    'router',
    'workstation',
    'browser',
    'provisioner',
    'operator',
  ]);
});
