// R2: one turn of a session at a time, in order; a lost claim writes nothing.
import { randomUUID } from 'node:crypto';
import { waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, storeFixture } from './fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await storeFixture();
});
afterEach(() => fixture.close());

async function accept(sessionId = fixture.sessionId): Promise<string> {
  const accepted = await fixture.own.accept(fixture.turn({ sessionId }));
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  return accepted.turnId;
}
const done = { state: 'completed', output: { text: 'ok' }, events: [{ type: 'turn-completed', data: {} }] } as const;

test('turns of a session are claimed one after another, in order', async () => {
  const first = await accept();
  const second = await accept();
  const [turn, ...others] = await fixture.work.claims.claim('a', 10_000, 10);
  expect(turn?.id).toBe(first);
  expect(others).toEqual([]);
  expect(await fixture.work.claims.claim('b', 10_000, 10)).toEqual([]);
  await fixture.work.transit({ id: first, epoch: 1 }, done);
  expect((await fixture.work.claims.claim('b', 10_000, 10)).map((row) => row.id)).toEqual([second]);
});

test('many claimers share many sessions without taking one twice', async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => fixture.session()));
  await Promise.all(sessions.flatMap((session) => [accept(session), accept(session)]));
  const claims = await Promise.all(Array.from({ length: 5 }, (_, n) => fixture.work.claims.claim(`c${n}`, 10_000, 8)));
  const ids = claims.flat().map((turn) => turn.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(claims.flat().map((turn) => turn.sessionId)).size).toBe(ids.length);
});

test('a claim that runs out is taken over, and its old holder writes nothing', async () => {
  const id = await accept();
  await fixture.work.claims.claim('slow', 1, 10);
  const [taken] = await waitUntil('the claim to run out', async () => {
    const turns = await fixture.work.claims.claim('quick', 10_000, 10);
    return turns.length > 0 ? turns : undefined;
  });
  expect(taken).toMatchObject({ id, epoch: 2, attempts: 2 });
  expect(await fixture.work.transit({ id, epoch: 1 }, done)).toBeUndefined();
  expect(await fixture.work.claims.renew('slow', [{ id, epoch: 1, steady: false }], 10_000)).toEqual([]);
  expect(await fixture.work.transit({ id, epoch: 2 }, done)).toHaveLength(1);
  const view = await fixture.own.turns.view(id);
  expect(view?.turn.state).toBe('completed');
});

test('claims without progress are counted until one has lasted', async () => {
  const id = await accept();
  await fixture.work.claims.claim('a', 1, 10);
  const again = (owner: string) =>
    waitUntil('the claim to run out', async () => (await fixture.work.claims.claim(owner, 50, 10))[0]);
  expect(await again('b')).toMatchObject({ attempts: 2 });
  await fixture.work.claims.renew('b', [{ id, epoch: 2, steady: false }], 1);
  expect(await again('c')).toMatchObject({ attempts: 3 });
  await fixture.work.claims.renew('c', [{ id, epoch: 3, steady: true }], 1);
  expect(await again('d')).toMatchObject({ attempts: 1 });
});

test('a deferred turn is claimed again later, still before the next one', async () => {
  const first = await accept();
  await accept();
  await fixture.work.claims.claim('a', 10_000, 10);
  expect(await fixture.work.claims.defer({ id: first, epoch: 1 }, 60_000, true)).toBe(true);
  expect(await fixture.work.claims.claim('a', 10_000, 10)).toEqual([]);
  expect(await fixture.work.claims.defer({ id: first, epoch: 1 }, 0, true)).toBe(false);
});

test('a step, its question and its answer', async () => {
  const id = await accept();
  await fixture.work.claims.claim('a', 10_000, 10);
  const fence = { id, epoch: 1 };
  const questionId = randomUUID();
  const asked = await fixture.work.transit(fence, {
    state: 'input-required',
    ask: { id: questionId, kind: 'approval', body: { text: 'Delete?' }, inputHash: 'x', expiresInMs: 60_000 },
    events: [{ type: 'question-asked', data: {} }],
  });
  expect(asked).toHaveLength(1);

  // It holds up nothing, and is next again once it is answered.
  const later = await accept();
  const last = await accept();
  expect((await fixture.work.claims.claim('a', 10_000, 10)).map((turn) => turn.id)).toEqual([later]);
  const answer = {
    turnId: id,
    questionId,
    by: { principalId: (await fixture.own.turns.view(id))?.turn.principalId ?? '', keyId: 'key' },
    answer: { approve: true },
    turn: { state: 'submitted', deadlineMs: 1_000 },
    events: [{ type: 'question-answered', data: {} }],
  } as const;
  const answers = await Promise.all([fixture.own.questions.answer(answer), fixture.own.questions.answer(answer)]);
  expect(answers.filter((events) => events !== undefined)).toHaveLength(1);
  await fixture.work.transit({ id: later, epoch: 1 }, done);
  const [again, ...others] = await fixture.work.claims.claim('a', 10_000, 10);
  expect(again).toMatchObject({ id, epoch: 2, attempts: 1 });
  expect(others).toEqual([]);
  await fixture.work.transit({ id, epoch: 2 }, done);
  expect((await fixture.work.claims.claim('a', 10_000, 10)).map((turn) => turn.id)).toEqual([last]);
  const { principalId: answeredBy, keyId: answeredKey } = answer.by;
  expect(await fixture.own.questions.answered(id)).toMatchObject([
    { answer: { approve: true }, inputHash: 'x', answeredBy, answeredKey },
  ]);
});

test('a question whose time is over takes no answer, and ends its turn', async () => {
  const id = await accept();
  await fixture.work.claims.claim('a', 10_000, 10);
  const questionId = randomUUID();
  await fixture.work.transit(
    { id, epoch: 1 },
    {
      state: 'input-required',
      ask: { id: questionId, kind: 'approval', body: {}, expiresInMs: 0 },
      events: [{ type: 'question-asked', data: {} }],
    },
  );
  const effect = {
    turnId: id,
    questionId,
    by: null,
    answer: {},
    turn: { state: 'canceled', error: { code: 'approval-refused', message: 'no answer in time' } },
    events: [{ type: 'turn-canceled', data: {} }],
  } as const;
  expect(await fixture.own.questions.answer(effect)).toBeUndefined();
  expect(await fixture.work.questions.expired(10)).toHaveLength(1);
  expect(await fixture.work.questions.expire(effect)).toHaveLength(1);
  expect((await fixture.own.turns.view(id))?.turn.state).toBe('canceled');
});

test('canceling ends what waits, and marks what is worked on', async () => {
  const working = await accept();
  const waiting = await accept();
  await fixture.work.claims.claim('a', 10_000, 10);
  const error = { code: 'canceled', message: 'canceled' } as const;
  const event = { type: 'turn-canceled', data: {} } as const;
  expect(await fixture.own.turns.cancel(waiting, error, event)).toMatchObject({ ended: true });
  expect(await fixture.own.turns.cancel(working, error, event)).toMatchObject({ ended: false });
  const [held] = await fixture.work.claims.renew('a', [{ id: working, epoch: 1, steady: false }], 10_000);
  expect(held?.cancelRequested).toBe(true);
  expect(await fixture.own.turns.cancel(waiting, error, event)).toBeUndefined();
});

test('the outbox empties, and fills again for a stream that is not the one it knew', async () => {
  await accept();
  await accept();
  const { outbox, relay } = fixture.work;
  expect(await relay.align({ created: 'one', lastSequence: 0 }, 30)).toBe(0);
  const waiting = await outbox.unpublished(10);
  expect(waiting.map((row) => row.event.seq)).toEqual([1, 2, 3]);
  await outbox.markPublished(waiting.map((row, index) => ({ rowId: row.rowId, sequence: index + 1 })));
  expect(await outbox.unpublished(10)).toEqual([]);
  expect(await relay.align({ created: 'one', lastSequence: 2 }, 30)).toBe(1);
  expect(await relay.align({ created: 'two', lastSequence: 0 }, 30)).toBe(2);
  expect(await outbox.unpublished(10)).toHaveLength(3);
  expect(await relay.lead('a', 60_000)).toBe(true);
  expect(await relay.lead('b', 60_000)).toBe(false);
});
