// S5: every party tries to say and to hear everything; the broker lets through what the subject map says, and no more.
import { brokerUsers } from '@switchboard/contract';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { type ConnectionOptions, connect, nkeyAuthenticator, nkeys } from 'nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBusIdentity, publicKeyOf } from '../src/index.ts';
import { type Attempt, agents, connectAs, inWords, mayHear, maySay, named, parties, refusals } from './parties.ts';

let nats: TestNats;
beforeAll(async () => {
  nats = await startTestNats({ agents });
});
afterAll(() => nats?.stop());

/** What the subject map does not name, and who may all the same: literals, so that a wider permission is seen here. */
type Beside = readonly [subject: string, ...only: string[]];

const saidBeside: readonly Beside[] = [
  ...['router', ...agents].map((replier): Beside => [`_INBOX.gw.${replier}.connection.token`, replier]),
  // The gateway and the model answer what agents ask; the model answers the router, and is answered by the gateway.
  ...agents.map((agent): Beside => [`_INBOX.${agent}.connection.token`, agent, 'gateway', 'model']),
  ['_INBOX.router.connection.token', 'model'],
  ['_INBOX.model.connection.token', 'gateway'],
  ['_INBOX.gw.model.connection.token'],
  ['_INBOX.gw.token'],
  ['_INBOX.gw.gateway.token'],
  ['_INBOX.operator.token'],
  ['_INBOX.provisioner.token'],
  ['_INBOX.witness.token'],
  ['_INBOX.token'],
  ['$JS.API.INFO', 'provisioner'],
  ['$JS.API.STREAM.NAMES', 'provisioner'],
  ['$JS.API.STREAM.LIST'],
  ['$JS.API.STREAM.INFO.SB_EVENTS', 'provisioner', 'gateway'],
  ['$JS.API.STREAM.INFO.SB_AUDIT', 'provisioner'],
  ['$JS.API.STREAM.CREATE.SB_EVENTS', 'provisioner'],
  ['$JS.API.STREAM.UPDATE.SB_AUDIT', 'provisioner'],
  ['$JS.API.STREAM.DELETE.SB_EVENTS'],
  ['$JS.API.STREAM.PURGE.SB_AUDIT'],
  ['$JS.API.STREAM.MSG.GET.SB_EVENTS'],
  ['$JS.API.STREAM.MSG.DELETE.SB_AUDIT'],
  ['$JS.API.STREAM.SNAPSHOT.SB_EVENTS'],
  ['$JS.API.STREAM.RESTORE.SB_EVENTS'],
  ['$JS.API.STREAM.LEADER.STEPDOWN.SB_EVENTS'],
  ['$JS.API.STREAM.PEER.REMOVE.SB_EVENTS'],
  ['$JS.API.DIRECT.GET.SB_EVENTS'],
  ['$JS.API.CONSUMER.CREATE.SB_EVENTS'],
  ['$JS.API.CONSUMER.CREATE.SB_EVENTS.c'],
  ['$JS.API.CONSUMER.DURABLE.CREATE.SB_EVENTS.c'],
  ['$JS.API.CONSUMER.DELETE.SB_EVENTS.c'],
  ['$JS.API.CONSUMER.LIST.SB_EVENTS'],
  ['$JS.API.CONSUMER.MSG.NEXT.SB_EVENTS.c'],
  ['$JS.API.ACCOUNT.PURGE.SB'],
  ['$JS.API.SERVER.REMOVE'],
  ['$JS.ACK.SB_EVENTS.c.1.1.1.1.1'],
  ['$JS.FC.SB_EVENTS.c.token'],
  // In its own account, where the broker takes them for these three of JetStream's.
  ['sb.kept.STREAM.INFO.SB_EVENTS', 'witness'],
  ['sb.kept.STREAM.MSG.GET.SB_EVENTS', 'witness'],
  ['sb.kept.STREAM.MSG.GET.SB_AUDIT', 'witness'],
  ['sb.kept.STREAM.INFO.SB_AUDIT'],
  ['sb.kept.STREAM.NAMES'],
  ['sb.kept.STREAM.PURGE.SB_EVENTS'],
  ['$KV.bucket.key'],
  ['$O.bucket.C.object'],
  ['$SRV.PING'],
  ['$SRV.INFO.workstation'],
  ['$SYS.REQ.SERVER.PING'],
  ['$SYS.REQ.ACCOUNT.SB.CONNZ'],
  ['$SYS.REQ.SERVER.X.RELOAD'],
  ['sb.kept.STREAM.INFO.SB_EVENTS', 'witness'],
  ['sb.kept.STREAM.MSG.GET.SB_EVENTS', 'witness'],
  ['sb.kept.STREAM.MSG.GET.SB_AUDIT', 'witness'],
  ['sb.kept.STREAM.DELETE.SB_AUDIT'],
  ['sb.kept.CONSUMER.CREATE.SB_EVENTS'],
  ['sb.nothing.of.the.map'],
  ['anything'],
];

const heardBeside: readonly Beside[] = [
  ...['>', '*', 'sb.>', 'sb.*', 'sb.*.*', 'sb.*.*.*', '*.*.*.*', 'sb.*.>'].map((filter): Beside => [filter]),
  ...['sb.skill.>', 'sb.agent.>', 'sb.agent.*.*', 'sb.progress.>'].map((filter): Beside => [filter]),
  ['sb.event.>', 'operator'],
  ['sb.audit.>', 'operator'],
  ['_INBOX.>'],
  ['_INBOX.*'],
  ['_INBOX.*.>'],
  ['_INBOX.gw.>', 'gateway'],
  ...['router', ...agents].map((replier): Beside => [`_INBOX.gw.${replier}.>`, 'gateway']),
  ...agents.map((agent): Beside => [`_INBOX.${agent}.>`, agent]),
  ['_INBOX.router.>', 'router'],
  ['_INBOX.model.>', 'model'],
  ['_INBOX.operator.>'],
  ['_INBOX.witness.>', 'witness'],
  ['_INBOX.provisioner.>', 'provisioner'],
  ['_INBOX.witness.>', 'witness'],
  ['sb.kept.>'],
  ['$JS.>'],
  ['$JS.API.>'],
  ['$JS.API.CONSUMER.MSG.NEXT.SB_EVENTS.c'],
  ['$JS.EVENT.ADVISORY.>'],
  ['$JS.ACK.>'],
  ['$SRV.>'],
  ['$SRV.PING'],
  ['$SYS.>'],
  ['$SYS.ACCOUNT.SB.>'],
  ['$KV.>'],
];

type Judged = readonly [attempt: Attempt, allowed: boolean];

/** Plain, among those who share the work, and among thieves. */
function hearings(party: string): Judged[] {
  // One is asked for by its full name, and all of one kind at once.
  return [...named('x1'), ...named('*')].flatMap((one): Judged[] => {
    const may = mayHear(party, one);
    const { fact, subject } = one;
    const verb = 'subscription';
    const { queue = 'thieves' } = fact;
    return [
      [{ verb, subject }, may && fact.queue === undefined],
      [{ verb, subject, queue }, may],
      [{ verb, subject, queue: 'others' }, may && fact.queue === undefined],
    ];
  });
}

function attemptsOf(party: string): Judged[] {
  return [
    ...named('x1').map((one): Judged => [{ verb: 'publish', subject: one.subject }, maySay(party, one)]),
    ...hearings(party),
    ...saidBeside.map(([subject, ...only]): Judged => [{ verb: 'publish', subject }, only.includes(party)]),
    ...heardBeside.map(([subject, ...only]): Judged => [{ verb: 'subscription', subject }, only.includes(party)]),
  ].filter(([attempt], index, all) => all.findIndex(([other]) => inWords(other) === inWords(attempt)) === index);
}

const matrix = parties.map((party) => ({ party, attempts: attemptsOf(party) }));
const tried = matrix.reduce((sum, { attempts }) => sum + attempts.length, 0);

describe(`S5: whoever holds the key of one party has nothing of another (${tried} attempts)`, () => {
  test.each(matrix.map((row) => ({ ...row, tried: row.attempts.length })))(
    '$party tries $tried things and is refused all but its own',
    async ({ party, attempts }) => {
      const refused = await refusals(
        nats,
        party,
        attempts.map(([attempt]) => attempt),
      );
      const expected = attempts.filter(([, allowed]) => !allowed).map(([attempt]) => inWords(attempt));
      expect(refused).toEqual(expected.sort());
    },
  );

  test('the matrix is large, and nobody in it is without rights or without bounds', () => {
    expect(tried).toBeGreaterThan(2_000);
    for (const { party, attempts } of matrix) {
      const allowed = attempts.filter(([, may]) => may).length;
      expect(allowed, party).toBeGreaterThan(0);
      expect(allowed, party).toBeLessThan(attempts.length / 2);
    }
  });

  test('the operator hears every event and every audit line, and can say nothing', () => {
    const allowed = attemptsOf('operator').flatMap(([attempt, may]) => (may ? [attempt] : []));
    expect(allowed.filter(({ verb }) => verb === 'publish')).toEqual([]);
    const heard = allowed.map(({ subject }) => subject);
    expect(heard).toEqual(expect.arrayContaining(['sb.event.>', 'sb.audit.>', 'sb.event.*.*', 'sb.audit.gateway.*']));
  });

  test('agents have no JetStream: not one of its subjects is theirs to say or to hear', () => {
    const theirs = brokerUsers(agents).filter(({ name }) => agents.some((agent) => agent === name));
    expect(theirs).toHaveLength(agents.length);
    for (const { publish, subscribe } of theirs) {
      expect([...publish, ...subscribe].filter((subject) => /^(\$|>|\*)/.test(subject))).toEqual([]);
    }
  });
});

describe('S5: what is said reaches those it is for, and nobody else', () => {
  test('of everything that every party says, each hears exactly its own', async () => {
    const connections = await Promise.all(parties.map(async (party) => [party, await connectAs(nats, party)] as const));
    const heard: string[] = [];
    for (const { name, subscribe } of brokerUsers(agents)) {
      const nc = connections.find(([party]) => party === name)?.[1];
      for (const [filter = '', queue] of subscribe.map((one) => one.split(' '))) {
        nc?.subscribe(filter, {
          ...(queue === undefined ? {} : { queue }),
          callback: (_, { subject, data }) => heard.push(`${new TextDecoder().decode(data)} ${subject} → ${name}`),
        });
      }
    }
    await Promise.all(connections.map(([, nc]) => nc.flush()));
    for (const [party, nc] of connections) {
      for (const { subject } of named('x1')) nc.publish(subject, party);
      for (const [subject] of saidBeside.filter(([one]) => one.startsWith('_INBOX.'))) nc.publish(subject, party);
    }
    await Promise.all(connections.map(([, nc]) => nc.flush()));
    await Promise.all(connections.map(([, nc]) => nc.flush()));
    await Promise.all(connections.map(([, nc]) => nc.close()));

    const told = named('x1').flatMap((one) =>
      parties
        .filter((party) => maySay(party, one))
        .flatMap((from) => parties.filter((to) => mayHear(to, one)).map((to) => `${from} ${one.subject} → ${to}`)),
    );
    const answered = ['router', ...agents].map((from) => `${from} _INBOX.gw.${from}.connection.token → gateway`);
    const own = agents.flatMap((agent) =>
      [agent, 'gateway', 'model'].map((from) => `${from} _INBOX.${agent}.connection.token → ${agent}`),
    );
    const asked = ['model _INBOX.router.connection.token → router', 'gateway _INBOX.model.connection.token → model'];
    expect(heard.sort()).toEqual([...told, ...answered, ...own, ...asked].sort());
  });
});

describe('S5: nobody gets in without the key of a user', () => {
  const anybody = createBusIdentity().seed;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const asGateway = (nonce = '') => ({
    nkey: publicKeyOf(nats.identities['gateway'] ?? ''),
    sig: Buffer.from(nkeys.fromSeed(bytes(anybody)).sign(bytes(nonce))).toString('base64url'),
  });
  test.each<[string, ConnectionOptions]>([
    ['no credentials', {}],
    ['a user name without a password', { user: 'gateway', pass: '' }],
    ['a name as a token', { token: 'gateway' }],
    ['a key that the broker does not know', { authenticator: nkeyAuthenticator(bytes(anybody)) }],
    ['the public key of the gateway with the signature of another', { authenticator: asGateway }],
  ])('%s', async (_, credentials) => {
    await expect(connect({ servers: nats.url, ...credentials, reconnect: false })).rejects.toThrow(/authorization/i);
  });
});
