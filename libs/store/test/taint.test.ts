// What was read that somebody else wrote is on the disk before it is read, and stays there until a person says otherwise.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClaimedTurn } from '../src/index.ts';
import { type Fixture, storeFixture } from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await storeFixture();
});
afterEach(() => fixture.close());

test('what reads taints from its start: the turn for good, the session until a person vouches for it', async () => {
  const session = await fixture.session();
  const next = async (): Promise<ClaimedTurn> => {
    const { id } = fixture.turn();
    await fixture.own.accept(fixture.turn({ id, sessionId: session }));
    const [claimed] = (await fixture.work.claims.claim('a', 10_000, 10)).filter((turn) => turn.id === id);
    if (!claimed) throw new Error('not claimed');
    return claimed;
  };
  const start = (turn: ClaimedTurn, ingests: 'trusted' | 'untrusted') =>
    fixture.work.transit(turn, {
      start: {
        id: `${turn.id}-1-1`,
        step: 1,
        attempt: 1,
        agent: 'a',
        skill: 'read',
        contractHash: 'h',
        input: {},
        inputHash: 'h',
        effects: [],
        repeat: 'safe',
        ingests,
        policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects: [] },
        approvalId: null,
        deadline: new Date(Date.now() + 60_000),
      },
      events: [{ type: 'step-started', data: {} }],
    });
  const end = (turn: ClaimedTurn) =>
    fixture.work.transit(turn, { state: 'completed', events: [{ type: 'turn-completed', data: {} }] });

  const harmless = await next();
  expect(harmless).toMatchObject({ tainted: false, principal: 'owner' });
  await start(harmless, 'trusted');
  await end(harmless);
  const reading = await next();
  expect(reading.tainted).toBe(false);
  await start(reading, 'untrusted');
  expect((await fixture.own.sessions.find(session))?.tainted).toBe(true);
  // Whatever becomes of the step: its coordinator dies here.
  await fixture.work.claims.release('a');
  const again = (await fixture.work.claims.claim('b', 10_000, 10)).find((turn) => turn.id === reading.id);
  expect(again?.tainted).toBe(true);
  if (again) await end(again);
  const later = await next();
  expect(later.tainted).toBe(true);
  await end(later);

  // Nobody can vouch for what is still being read.
  const unread = await next();
  await start(unread, 'untrusted');
  await fixture.own.sessions.trust(session, { type: 'session-trusted', data: {} });
  expect((await fixture.own.sessions.find(session))?.tainted).toBe(true);
  await end(unread);

  const trusted = await fixture.own.sessions.trust(session, { type: 'session-trusted', data: {} });
  expect(trusted).toMatchObject([{ session, type: 'session-trusted' }]);
  const after = await next();
  expect(after.tainted).toBe(false);
  await end(after);
  expect((await fixture.own.turns.view(reading.id))?.turn.tainted).toBe(true);
  expect(await fixture.own.sessions.trust(randomUUID(), { type: 'session-trusted', data: {} })).toBeUndefined();
});
