// The connector to a real Tryton when things go wrong: each fault has a name, and nothing is done twice or lost.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { CapabilityAdapters } from '@switchboard/agent';
import { type Relay, startRelay } from '@switchboard/testkit/peers/relay';
import { startTryton, type Tryton, whyNoTryton } from '@switchboard/testkit/peers/tryton';
import { clerk } from '@switchboard/testkit/peers/tryton-shop';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTrytonRecords } from '../src/tryton/tryton-adapter.ts';

const missing = await whyNoTryton();
type Records = NonNullable<CapabilityAdapters['records']>;

function hands(records: Records, signal = new AbortController().signal) {
  const scope = { invocationId: randomUUID(), session: randomUUID(), signal, deadline: new Date(Date.now() + 60_000) };
  const [read, write, external] = [records.read?.(scope), records.write?.(scope), records.external?.(scope)];
  if (read === undefined || write === undefined || external === undefined) throw new Error('a part of it is missing');
  return { ...read, ...write, ...external };
}

const unavailable = { code: 'unavailable' };
const unknown = { code: 'outcome-unknown' };

describe.skipIf(missing !== undefined)(`Tryton (${missing ?? 'a real one'})`, { timeout: 120_000 }, () => {
  let tryton: Tryton;
  let relay: Relay;
  beforeAll(async () => {
    tryton = await startTryton();
    relay = await startRelay(tryton.port);
  });
  afterAll(async () => {
    await relay?.stop();
    await tryton?.stop();
  });

  const over = (login: Partial<{ url: string; user: string; password: string }> = {}, signal?: AbortSignal) => {
    const { user, password } = tryton;
    return hands(createTrytonRecords({ url: relay.url(tryton.url), user, password, ...login }), signal);
  };
  const find = (login?: Parameters<typeof over>[0]) => over(login).findCustomers('anna', { max: 5 });
  const count = (reference: string) => tryton.rpc('model.party.party.search_count', [['code', '=', reference]]);
  const sales = (reference: string) => tryton.rpc('model.sale.sale.search_count', [['reference', '=', reference]]);
  const heal = () => onTestFinished(() => relay.heal());

  it('logs in again when the login is over, also in the middle of a write', async () => {
    const records = over();
    expect(await records.findCustomers('anna', { max: 5 })).toHaveLength(2);
    tryton.endSessions();
    expect(await records.findCustomers('anna', { max: 5 })).toHaveLength(2);
    tryton.endSessions();
    expect(await records.createCustomer('SB-RELOGIN', { name: 'Logged in again' })).toMatchObject({
      number: 'SB-RELOGIN',
    });
    expect(await count('SB-RELOGIN')).toBe(1);
  });

  it('eight calls at once share one login', async () => {
    const before = await tryton.rpc('model.party.party.search_count', []);
    const records = createTrytonRecords({ url: tryton.url, user: tryton.user, password: tryton.password });
    const all = Array.from({ length: 8 }, (_, n) =>
      hands(records).createCustomer(`SB-EIGHT-${n}`, { name: `Of eight ${n}` }),
    );
    expect((await Promise.all(all)).map(({ number }) => number)).toEqual(
      Array.from({ length: 8 }, (_, n) => `SB-EIGHT-${n}`),
    );
    expect(await tryton.rpc('model.party.party.search_count', [])).toBe(Number(before) + 8);
  });

  it('names a wrong password, an unknown user, and a user that may not see orders', async () => {
    await expect(find({ password: 'wrong' })).rejects.toMatchObject({ reason: 'login-refused' });
    await expect(find({ user: 'nobody' })).rejects.toMatchObject({ reason: 'login-refused' });
    await expect(over(clerk).findOrders({ open: false, max: 1 })).rejects.toMatchObject({ reason: 'not-allowed' });
    await expect(
      over(clerk).draftOrder('SB-CLERK', { customer: '2', lines: [{ product: '1', quantity: 1 }] }),
    ).rejects.toMatchObject({ reason: 'not-allowed' });
    expect(await sales('SB-CLERK')).toBe(0);
  });

  it('names a database that is not there, and a server that is not', async () => {
    await expect(find({ url: tryton.url.replace('/shop/', '/other/') })).rejects.toMatchObject(unavailable);
    await expect(find({ url: 'http://127.0.0.1:1/shop/' })).rejects.toMatchObject(unavailable);
  });

  it('two at once under one reference make one', async () => {
    const twice = [over(), over()].map((records) => records.createCustomer('SB-TWICE', { name: 'Twice' }));
    const [first, second] = await Promise.all(twice);
    expect(second).toEqual(first);
    expect(await count('SB-TWICE')).toBe(1);
  });

  it('a request that is lost on the way is told as not done', async () => {
    heal();
    const records = over();
    await records.findCustomers('x', { max: 1 });
    const met = relay.meet('party.party.create', 'lose-request');
    await expect(records.createCustomer('SB-LOST', { name: 'Lost' })).rejects.toMatchObject(unavailable);
    await met;
    expect(await count('SB-LOST')).toBe(0);
  });

  it('an answer that is lost on the way is found', async () => {
    heal();
    const records = over();
    await records.findCustomers('x', { max: 1 });
    void relay.meet('party.party.create', 'lose-answer');
    expect(await records.createCustomer('SB-ANSWER', { name: 'Answer' })).toMatchObject({ number: 'SB-ANSWER' });
    void relay.meet('sale.sale.create', 'lose-answer');
    const order = await records.draftOrder('SB-ORDER', { customer: '2', lines: [{ product: '1', quantity: 2 }] });
    expect(order).toMatchObject({ number: 'SB-ORDER', total: '99.80' });
    void relay.meet('sale.sale.confirm', 'lose-answer');
    expect(await records.confirmOrder(order)).toMatchObject({ state: 'confirmed' });
    expect([await count('SB-ANSWER'), await sales('SB-ORDER')]).toEqual([1, 1]);
  });

  it('nobody can tell when the server dies with the request in its hands', async () => {
    onTestFinished(() => tryton.restart());
    heal();
    const records = over();
    await records.findCustomers('x', { max: 1 });
    const met = relay.meet('party.party.create', 'hold-answer');
    const asked = records.createCustomer('SB-DEAD', { name: 'Dead' });
    const refused = expect(asked).rejects.toMatchObject(unknown);
    await met;
    await tryton.kill9();
    relay.heal();
    await refused;
  });

  it('and once it is back, it is known and not done again', async () => {
    expect(await over().createCustomer('SB-DEAD', { name: 'Dead' })).toMatchObject({ number: 'SB-DEAD' });
    expect(await count('SB-DEAD')).toBe(1);
  });

  it('a call that is cut off ends at once, while the server does not answer', async () => {
    const controller = new AbortController();
    tryton.pause();
    onTestFinished(() => tryton.resume());
    const asked = over({}, controller.signal).findCustomers('anna', { max: 1 });
    const refused = expect(asked).rejects.toThrow('the person said so');
    controller.abort(new Error('the person said so'));
    await refused;
  });

  it('a server that does not answer is told in time', async () => {
    tryton.pause();
    onTestFinished(() => tryton.resume());
    await expect(find()).rejects.toMatchObject(unavailable);
  });
});

describe('something that is no Tryton', () => {
  const login = '{"id":1,"result":[1,"key"]}';
  const preferences = '{"id":1,"result":{"company":1}}';

  async function answering(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/shop/`;
  }

  it.each<[string, string | number, object]>([
    ['a page', '<html>', unavailable],
    ['nothing', '', unavailable],
    ['another shape', '{"id":1,"result":[{"name":"x"}]}', unavailable],
    ['a stranger’s error', '{"id":1,"error":["KeyError","traceback"]}', unavailable],
    [
      'a warning',
      '{"id":1,"error":["UserWarning",["name","Are you sure?",""]]}',
      { reason: 'refused', message: expect.stringContaining('Are you sure?') },
    ],
    ['a flood', '"'.padEnd(9_000_000, 'x'), unavailable],
    ['400', 400, { reason: 'refused' }],
    ['403', 403, { reason: 'not-allowed' }],
    ['404', 404, unavailable],
    ['429', 429, unavailable],
    ['500', 500, unavailable],
    ['503', 503, unavailable],
    ['a redirect', 302, unavailable],
  ])('that answers with %s', async (_, answer, fault) => {
    let calls = 0;
    const url = await answering((request, response) => {
      calls += 1;
      request.resume();
      if (calls < 3) return void response.end(calls === 1 ? login : preferences);
      if (typeof answer === 'number') return void response.writeHead(answer, { location: '/elsewhere' }).end('x');
      response.end(answer);
    });
    const records = hands(createTrytonRecords({ url, user: 'a', password: 'b' }));
    await expect(records.findCustomers('anna', { max: 1 })).rejects.toMatchObject(fault);
    expect(calls).toBe(3);
  });

  it('a login that is refused again and again is not tried for ever', async () => {
    let calls = 0;
    const url = await answering((request, response) => {
      request.resume();
      calls += 1;
      if (calls % 3 === 1) return void response.end(login);
      if (calls % 3 === 2) return void response.end(preferences);
      response.writeHead(401).end();
    });
    const records = hands(createTrytonRecords({ url, user: 'a', password: 'b' }));
    await expect(records.findCustomers('anna', { max: 1 })).rejects.toMatchObject({ reason: 'login-refused' });
    expect(calls).toBe(6);
  });
});
