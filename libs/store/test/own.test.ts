// S3: whatever is asked of one principal's access, with whatever ids of others, tells and changes nothing of theirs.
import { randomUUID } from 'node:crypto';
import { turnStates } from '@switchboard/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threadKey } from '../src/delivery-rows.ts';
import { type InboundMessage, type Own, openStore, type Store, type ThreadPlace } from '../src/index.ts';
import { openWalls, type Walls } from './walls-fixture.ts';

/** One of each, all of one turn. */
interface Theirs {
  readonly session: string;
  readonly turn: string;
  readonly question: string;
  readonly artifact: string;
  readonly identity: string;
  /** That came in over a channel. */
  readonly message: string;
  readonly place: ThreadPlace;
}

interface Somebody {
  readonly id: string;
  /** In every text of theirs. */
  readonly word: string;
  readonly things: Theirs[];
}

const event = { type: 'turn-accepted', data: {} } as const;
const error = { code: 'canceled', message: 'canceled' } as const;

const turnIn = {
  requestHash: 'h',
  request: { input: 'hello', dryRun: false },
  address: { text: 'hello' },
  deadlineMs: 60_000,
  queuedMax: 50,
  event,
} as const;
const yesTo = ({ turn, question }: Theirs) =>
  ({
    turnId: turn,
    questionId: question,
    by: null,
    answer: { approve: true },
    turn: { state: 'submitted', deadlineMs: 60_000 },
    events: [event],
  }) as const;
const messageOf = ({ message: id, place, identity: identityId }: Theirs): InboundMessage => {
  return { id, place, identityId, receivedAt: new Date() };
};

const allDays = { from: '2000-01-01', to: '2999-12-31', limit: 1_000 };

/** Every member of Own, tried on what is another's. */
const attempts: Readonly<Record<string, (own: Own, theirs: Theirs) => Promise<unknown>>> = {
  accept: (own, { session }) =>
    own.accept({ ...turnIn, id: randomUUID(), sessionId: session, idempotencyKey: randomUUID() }),
  'sessions.create': (own, { session }) => own.sessions.create({ id: session }, event),
  'sessions.find': (own, { session }) => own.sessions.find(session),
  'sessions.list': (own) => own.sessions.list(1_000),
  'sessions.messages': (own, { session }) => own.sessions.messages(session, 1_000),
  'sessions.trust': (own, { session }) => own.sessions.trust(session, event),
  'sessions.end': (own, { session }) => own.sessions.end(session, event),
  'turns.view': (own, { turn }) => own.turns.view(turn),
  'turns.cancel': (own, { turn }) => own.turns.cancel(turn, error, event),
  'turns.openOf': (own, { session }) => own.turns.openOf(session),
  'questions.approvals': (own) => own.questions.approvals(1_000),
  'questions.turnOfApproval': (own, { question }) => own.questions.turnOfApproval(question),
  'questions.answered': (own, { turn }) => own.questions.answered(turn),
  'questions.answer': (own, theirs) => own.questions.answer(yesTo(theirs)),
  'events.after': (own, { session }) => own.events.after(session, 0, 1_000),
  'events.firstOf': (own, { turn }) => own.events.firstOf(turn),
  'artifacts.read': (own, { artifact }) => own.artifacts.read(artifact),
  'inbound.look': (own, theirs) => own.inbound.look(messageOf(theirs)),
  'inbound.accept': (own, theirs) => {
    const turn = { ...turnIn, id: randomUUID(), idempotencyKey: randomUUID(), identityId: theirs.identity };
    return own.inbound.accept(messageOf(theirs), turn, { sessionId: randomUUID(), event });
  },
  'inbound.answer': (own, theirs) => own.inbound.answer(messageOf(theirs), yesTo(theirs)),
  'inbound.refuse': (own, theirs) => own.inbound.refuse(messageOf(theirs), 'refused', 'No.'),
  'usage.by': async (own, { session: sessionId }) =>
    (await Promise.all([own.usage.by('model', allDays), own.usage.by('session', { ...allDays, sessionId })])).flat(),
  'usage.budgets': (own, { session }) => own.usage.budgets(session),
  'deadLetters.list': (own) => own.deadLetters.list(1_000),
  'deadLetters.requeue': (own, { turn }) => own.deadLetters.requeue(turn, 60_000, event),
  'deadLetters.drop': (own, { turn }) => own.deadLetters.drop(turn),
};

/** 'accept', 'sessions.find', … */
function membersOf(own: object, before = ''): string[] {
  return Object.entries(own).flatMap(([name, member]: [string, unknown]) =>
    typeof member === 'object' && member !== null ? membersOf(member, `${before}${name}.`) : [`${before}${name}`],
  );
}

const turnArbitrary = fc.record({
  state: fc.constantFrom(...turnStates.filter((state) => state !== 'working')),
  deadLetter: fc.boolean(),
  kind: fc.constantFrom('choice', 'input', 'approval', 'outcome'),
  answered: fc.boolean(),
});
/** Sessions of each of some principals, with the turns of each. */
const worldArbitrary = fc.array(fc.array(fc.array(turnArbitrary, { minLength: 1, maxLength: 3 }), { maxLength: 2 }), {
  minLength: 2,
  maxLength: 3,
});
type TurnShape = typeof turnArbitrary extends fc.Arbitrary<infer Shape> ? Shape : never;

const placeOf = ({ word }: Somebody): ThreadPlace => {
  return { agent: 'messenger', channel: 'mail', address: word, thread: word };
};

async function fillTurn({ fill }: Walls, who: Somebody, session: string, seq: number, shape: TurnShape): Promise<void> {
  const [turn, question, artifact] = [randomUUID(), randomUUID(), randomUUID()];
  const text = { input: who.word };
  const later = new Date(Date.now() + 3_600_000);
  const invocation = `${turn}-1-1`;
  const turnPlace = { turn_id: turn, session_id: session };
  const end = { finished_at: null, lease_owner: null, lease_until: null, deadline: later };
  const said = { request: text, address: text, output: { text: who.word }, error: { message: who.word } };
  const owned = { id: turn, session_id: session, principal_id: who.id, seq, idempotency_key: turn };
  await fill('turns', { ...owned, ...said, ...end, state: shape.state, dead_letter: shape.deadLetter });
  await fill('invocations', { ...turnPlace, id: invocation, step: 1, attempt: 1, input: text, text: who.word });
  const answered = shape.answered ? { answer: text, answered_at: new Date() } : { answer: null, answered_at: null };
  await fill('questions', {
    id: question,
    turn_id: turn,
    kind: shape.kind,
    body: text,
    expires_at: later,
    ...answered,
  });
  await fill('artifacts', { id: artifact, turn_id: turn, invocation_id: invocation, name: who.word });
  const call = { ...turnPlace, principal_id: who.id, call_id: invocation, model: who.word, state: 'settled' };
  await fill('model_calls', { ...call, prompt_bytes: 1 });
  const budget = { scope: 'session', subject: session, principal_id: who.id };
  if (seq === 1) await fill('budgets', budget);
  await fill('events', { ...turnPlace, seq: seq + 1, type: 'turn-accepted', data: text });
  const [identity, message] = [randomUUID(), randomUUID()];
  const place = placeOf(who);
  await fill('identities', { id: identity, principal_id: who.id, channel: place.channel, address: place.address });
  await fill('inbound', {
    id: message,
    principal_id: who.id,
    identity_id: identity,
    outcome: 'accepted',
    turn_id: turn,
  });
  await fill('deliveries', {
    id: randomUUID(),
    ...turnPlace,
    principal_id: who.id,
    ...place,
    thread_key: threadKey(place),
    question_id: question,
    body: text,
  });
  who.things.push({ session, turn, question, artifact, identity, message, place });
}

async function fillWorld(walls: Walls, world: TurnShape[][][]): Promise<Somebody[]> {
  const people: Somebody[] = [];
  for (const sessions of world) {
    const id = randomUUID();
    const who: Somebody = { id, word: `of-${id.slice(0, 8)}`, things: [] };
    await walls.fill('principals', { id, name: id });
    for (const turns of sessions) {
      const session = randomUUID();
      await walls.fill('sessions', { id: session, principal_id: id, title: who.word, ended_at: null, next_event: 9 });
      const place = placeOf(who);
      await walls.fill('threads', { session_id: session, principal_id: id, key: threadKey(place), ...place });
      for (const [index, turn] of turns.entries()) await fillTurn(walls, who, session, index + 1, turn);
    }
    people.push(who);
  }
  return people;
}

/** The same as long as no row of any table is another one. */
async function fingerprint({ admin }: Walls): Promise<Record<string, unknown>[]> {
  const others = ['identities', 'threads', 'inbound', 'deliveries', 'model_calls', 'budgets'];
  const tables = ['principals', 'sessions', 'turns', 'invocations', 'questions', 'artifacts', 'events', ...others];
  const rows = tables.map(
    (table) => admin`
      SELECT ${table}::text AS table, count(*) AS rows, md5(string_agg(md5(t::text), '' ORDER BY t::text)) AS hash
      FROM ${admin(table)} t`,
  );
  return (await Promise.all(rows)).map(([row]) => ({ ...row }));
}

let walls: Walls;
beforeAll(async () => {
  walls = await openWalls();
});
afterAll(() => walls?.close());

describe.each([
  [
    'by the store’s own conditions, where the database would let it',
    (on: Walls) => ({ url: on.adminUrl, workUrl: on.adminUrl }),
  ],
  ['by the store and the database together', (on: Walls) => on.urls],
])('rows of others stay others’: %s', (_, urlsOf) => {
  let store: Store;
  beforeAll(() => {
    store = openStore({ ...urlsOf(walls), connectionsMax: 2 });
  });
  afterAll(() => store?.close());

  test('every member of the access is tried', () => {
    expect(membersOf(store.of(randomUUID())).sort()).toEqual(Object.keys(attempts).sort());
  });

  test('nothing is told and nothing is changed, whatever there is', async () => {
    const check = fc.asyncProperty(worldArbitrary, async (world) => {
      const people = await fillWorld(walls, world);
      const before = await fingerprint(walls);
      for (const victim of people) {
        for (const theirs of victim.things) {
          // It is there, for whom it belongs to.
          expect((await store.of(victim.id).turns.view(theirs.turn))?.turn.id).toBe(theirs.turn);
          for (const other of people.filter(({ id }) => id !== victim.id)) {
            for (const [name, attempt] of Object.entries(attempts)) {
              const answer = JSON.stringify((await attempt(store.of(other.id), theirs)) ?? null);
              const told = [victim.id, victim.word, ...Object.values(theirs)].filter(
                (word) => typeof word === 'string' && answer.includes(word),
              );
              expect([name, told]).toEqual([name, []]);
            }
          }
        }
      }
      expect(await fingerprint(walls)).toEqual(before);
    });
    await fc.assert(check, { numRuns: 15 });
  }, 60_000);
});
