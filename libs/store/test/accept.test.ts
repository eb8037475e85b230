// R1: the same key makes one turn, however often and however much at once it comes.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, storeFixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

test('an accepted turn is there with its event', async () => {
  const accepted = await fixture.own.accept(fixture.turn());
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  expect(accepted.event).toMatchObject({ type: 'turn-accepted', turn: accepted.turnId });
  const view = await fixture.own.turns.view(accepted.turnId);
  expect(view?.turn).toMatchObject({ state: 'submitted', epoch: 0, request: { input: 'list files' } });
});

test('twenty at once with one key make one turn', async () => {
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fixture.own.accept(fixture.turn({ idempotencyKey: key }))),
  );
  const ids = new Set(answers.map((answer) => ('turnId' in answer ? answer.turnId : answer.outcome)));
  expect(ids.size).toBe(1);
  expect(answers.filter((answer) => answer.outcome === 'accepted')).toHaveLength(1);
});

test('one key at once in two sessions makes one turn', async () => {
  const key = randomUUID();
  const other = await fixture.session();
  const answers = await Promise.all([
    fixture.own.accept(fixture.turn({ idempotencyKey: key, requestHash: 'a' })),
    fixture.own.accept(fixture.turn({ idempotencyKey: key, requestHash: 'b', sessionId: other })),
  ]);
  expect(answers.map((answer) => answer.outcome).sort()).toEqual(['accepted', 'mismatch']);
});

test('a key that comes back with another request is refused', async () => {
  const turn = fixture.turn();
  await fixture.own.accept(turn);
  expect(await fixture.own.accept({ ...turn, id: randomUUID(), requestHash: 'other' })).toEqual({
    outcome: 'mismatch',
  });
});

test('a session that is not there, is another principal’s or has ended takes nothing', async () => {
  expect(await fixture.own.accept(fixture.turn({ sessionId: randomUUID() }))).toEqual({ outcome: 'no-session' });
  const stranger = fixture.store.of(randomUUID());
  expect(await stranger.accept(fixture.turn())).toEqual({ outcome: 'no-session' });
  const ended = await fixture.session();
  await fixture.own.sessions.end(ended, { type: 'session-ended', data: {} });
  expect(await fixture.own.accept(fixture.turn({ sessionId: ended }))).toEqual({ outcome: 'session-ended' });
});

test('a full queue refuses, and leaves no gap in the sequence of events', async () => {
  const sessionId = await fixture.session();
  const outcomes: string[] = [];
  for (let index = 0; index < 4; index++) {
    outcomes.push((await fixture.own.accept(fixture.turn({ sessionId, queuedMax: 2 }))).outcome);
  }
  expect(outcomes).toEqual(['accepted', 'accepted', 'queue-full', 'queue-full']);
  const events = await fixture.own.events.after(sessionId, 0, 100);
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3]);
});
