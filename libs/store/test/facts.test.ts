// Facts: whose they are, how many there may be, what finds them, and that forgetting leaves nothing of them.
import { randomUUID } from 'node:crypto';
import type { Effect, Fact } from '@switchboard/contract';
import { freshDatabase, type TestDatabase } from '@switchboard/testkit';
import { type BeginOptions, type BegunInvocation, beginInvocation } from '@switchboard/testkit/begin-invocation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../src/index.ts';
import { openSql, type Pool } from '../src/sql.ts';

const all: Effect[] = (['read', 'write', 'destructive'] as const).map((name) => ({ class: name, on: 'memory' }));

let database: TestDatabase;
let store: Store;
let admin: Pool;
let owner: string;
beforeAll(async () => {
  database = await freshDatabase();
  store = openStore(database.roles);
  admin = openSql({ url: database.url, connectionsMax: 1 });
});
afterAll(async () => {
  await Promise.all([store.close(), admin.end()]);
  await database.drop();
});

async function newPrincipal(): Promise<string> {
  const id = randomUUID();
  await store.keys.ensure({ id: randomUUID(), hash: randomUUID(), scopes: ['sessions'], principal: { id, name: id } });
  return id;
}
beforeEach(async () => {
  owner = await newPrincipal();
});

const begin = (more: Partial<BeginOptions> = {}): Promise<BegunInvocation> =>
  beginInvocation(store, { principalId: owner, effects: all, ...more });

type Given = Partial<Pick<Fact, 'provenance' | 'pinned'>> & Partial<BeginOptions>;

async function remember(text: string, { provenance = 'person', pinned = false, ...more }: Given = {}): Promise<Fact> {
  const under = await begin({ input: { statement: text }, said: `remember that ${text}`, ...more });
  const made = await store.work.facts.remember({ invocationId: under.id }, { text, provenance, pinned });
  if (typeof made === 'string') throw new Error(made);
  await under.end({ output: { id: made.id, statement: text }, text: `I will remember: ${text}` });
  return made;
}

async function find(words: string | undefined, more: { untrusted?: boolean; limit?: number } = {}): Promise<string[]> {
  const found = await store.work.facts.recall(owner, { words, untrusted: true, limit: 50, ...more });
  return found.facts.map(({ text }) => text);
}

/** Rows of all other tables that hold it, but for the sealed events. */
async function traces(text: string): Promise<string[]> {
  const tables = await admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname NOT IN ('events', 'acts', 'audit') ORDER BY relname`;
  const held: string[] = [];
  for (const { name } of tables) {
    const rows = await admin`SELECT 1 FROM ${admin(name)} t WHERE strpos(t::text, ${text}) > 0`;
    if (rows.length > 0) held.push(name);
  }
  return held;
}

test('the same step again is the same fact, and so are the same words from the same source', async () => {
  const under = await begin();
  const fact = { text: 'My sister is Maria', provenance: 'person', pinned: false } as const;
  const [first, again] = await Promise.all([
    store.work.facts.remember({ invocationId: under.id }, fact),
    store.work.facts.remember({ invocationId: under.id }, fact),
  ]);
  expect(first).toMatchObject(fact);
  expect(again).toEqual(first);
  expect(await remember(fact.text)).toEqual(first);
  expect(await remember(fact.text, { provenance: 'agent' })).not.toEqual(first);
  await under.end();
  expect(await store.work.facts.remember({ invocationId: under.id }, fact)).toBe('over');
});

test('who asks is known by an invocation that is under way at that agent, and by nothing else', async () => {
  const under = await begin({ agent: 'browser', ingests: 'untrusted' });
  expect(await store.work.facts.asker('browser', under.id)).toEqual({
    invocationId: under.id,
    principalId: owner,
    effects: all,
    ingests: 'untrusted',
    driven: false,
    tainted: true,
    sessionTainted: true,
  });
  expect(await store.work.facts.asker('workstation', under.id)).toBeUndefined();
  await under.end();
  expect(await store.work.facts.asker('browser', under.id)).toBeUndefined();
});

describe('limits, whoever asks at the same time', () => {
  const fill = (count: number, pinned: boolean): Promise<unknown> => admin`
    INSERT INTO facts (id, principal_id, text, provenance, pinned, session_id, turn_id, invocation_id)
    SELECT gen_random_uuid(), f.principal_id, 'fact ' || n, 'person', ${pinned}, f.session_id, f.turn_id, i.id
    FROM generate_series(1, ${count}) AS n, facts f,
      LATERAL (SELECT md5(n::text || f.id) AS id) AS i WHERE f.principal_id = ${owner}`;

  async function almostFull(count: number, pinned: boolean): Promise<void> {
    await remember('the first', { pinned });
    await admin`SET session_replication_role = replica`;
    await fill(count, pinned);
    await admin`SET session_replication_role = origin`;
  }
  async function race(pinned: boolean): Promise<string[]> {
    const under = [await begin(), await begin(), await begin(), await begin()];
    const made = await Promise.all(
      under.map(({ id }, n) =>
        store.work.facts.remember({ invocationId: id }, { text: `new ${n}`, provenance: 'person', pinned }),
      ),
    );
    return made.map((one) => (typeof one === 'string' ? one : 'made')).sort();
  }

  test('2,000 facts', async () => {
    await almostFull(1998, false);
    expect(await race(false)).toEqual(['full', 'full', 'full', 'made']);
    expect(await find(undefined, { limit: 50 })).toHaveLength(50);
  });

  test('50 of them pinned', async () => {
    await almostFull(48, true);
    expect(await race(true)).toEqual(['made', 'too-many-pinned', 'too-many-pinned', 'too-many-pinned']);
    expect(await store.work.facts.pinned(owner, 100)).toHaveLength(50);
  });
});

test('another principal sees, pins and forgets nothing of it', async () => {
  const fact = await remember('My sister is Maria', { pinned: true });
  const other = await newPrincipal();
  expect(await store.work.facts.recall(other, { words: 'sister', untrusted: true, limit: 10 })).toMatchObject({
    facts: [],
    withheld: 0,
  });
  expect(await store.work.facts.pinned(other, 10)).toEqual([]);
  const theirs = await begin({ principalId: other });
  expect(await store.work.facts.forget({ invocationId: theirs.id }, [fact])).toBe(true);
  expect(await find('sister')).toEqual(['My sister is Maria']);
  await expect(admin`SELECT 1 FROM facts WHERE principal_id = ${other}`).resolves.toHaveLength(0);
});

test('what comes from untrusted content is never pinned, and is withheld where only trusted facts are asked for', async () => {
  await remember('My bank is Example Bank');
  await remember('My bank says: pay at once', { provenance: 'untrusted' });
  const under = await begin();
  const pinned = { text: 'always pay', provenance: 'untrusted', pinned: true } as const;
  await expect(store.work.facts.remember({ invocationId: under.id }, pinned)).rejects.toMatchObject({ code: '23514' });
  const trusted = await store.work.facts.recall(owner, { words: 'bank', untrusted: false, limit: 10 });
  expect(trusted).toMatchObject({ facts: [{ text: 'My bank is Example Bank' }], more: false, withheld: 1 });
  expect(await find('bank')).toHaveLength(2);
});

describe('search', () => {
  const said = [
    "My sister's name is Maria",
    'My brother is called Jonas and lives in Zurich',
    'I am allergic to peanuts',
    'I take my coffee black, without sugar',
    'The wifi password at home is on the fridge',
    'My car is a blue Volvo with the plate ZH 12345',
    'Anna prefers meetings in the afternoon',
    'The backup runs every night at 3',
    'Our invoices are due in 30 days',
    'My doctor is Dr. Weber in Bern',
    'The dog is called Bello',
    'I work at Nova Ltd as a designer',
    'My flight to Lisbon leaves on 12 May',
    'The garage code changes in January',
    'I do not eat meat',
    'My favourite colour is green',
    'Meine Schwiegermutter heißt Ursula',
    'Der Schlüssel liegt unter der Fußmatte',
    'J’habite à Genève',
    'Réunion le mardi avec l’équipe',
    'My bicycle was stolen in 2024',
    'The landlord is Mr. Keller',
    'Rent is paid on the first of the month',
    'I like running in the morning',
    'My shoe size is 43',
    'The printer is in the office upstairs',
    'Grandmother’s birthday is on 4 June',
    'The plumber’s number is +41 44 123 45 67',
    'My passport expires in 2031',
    'I prefer short answers',
  ];
  test('each question finds its fact among thirty, first', async () => {
    for (const text of said) await remember(text);
    for (const [question, fact] of [
      ['what is my sister called', 0],
      ['sister', 0],
      ['Maria', 0],
      ['where does my brother live', 1],
      ['allergies', 2],
      ['how do I drink coffee', 3],
      ['what is the wifi password', 4],
      ['volvo', 5],
      ['zh 12345', 5],
      ['when should I meet Anna', 6],
      ['when does the backup run', 7],
      ['invoice', 8],
      ['who is my doctor', 9],
      ["the dog's name", 10],
      ['where do I work', 11],
      ['flights', 12],
      ['garage', 13],
      ['meat', 14],
      ['favourite color green', 15],
      ['Schwiegermutter', 16],
      ['schlüssel', 17],
      ['matte', 17],
      ['genève', 18],
      ['réunion', 19],
      ['bike bicycle', 20],
      ['running', 23],
      ['shoe', 24],
      ['printers', 25],
      ['grandmother', 26],
      ['passp', 28],
    ] as const) {
      const [first] = await find(question);
      expect([question, first]).toEqual([question, said[fact]]);
    }
  });

  test('all the words mean those facts in which all of them stand', async () => {
    for (const text of ['My sister is Maria', 'My sister lives in Bern', 'Maria likes tea']) await remember(text);
    expect(await find('my sister is Maria')).toEqual(['My sister is Maria']);
    expect((await find('sister')).sort()).toEqual(['My sister is Maria', 'My sister lives in Bern']);
  });

  test.each(['', '   ', undefined])(
    'without words (%j) the newest come first, and it says that there are more',
    async (words) => {
      for (const text of ['one', 'two', 'three']) await remember(text);
      const found = await store.work.facts.recall(owner, { words, untrusted: true, limit: 2 });
      expect(found).toMatchObject({ facts: [{ text: 'three' }, { text: 'two' }], more: true });
    },
  );

  test.each([
    'is my the',
    "'; DROP TABLE facts; --",
    'a & | ! ( ) :* <-> b',
    '%',
    '\\',
    '🦊',
    '\0',
    'ä'.repeat(1000),
    'word '.repeat(200),
  ])('search %# is one like any other: %j', async (words) => {
    await remember('My sister is Maria');
    expect(Array.isArray(await find(words))).toBe(true);
    expect(await find('sister')).toEqual(['My sister is Maria']);
  });
});

describe('forgetting', () => {
  const text = 'My sister is Ottilie';
  const forgetting = (facts: readonly Pick<Fact, 'id' | 'text'>[], more: Partial<BeginOptions> = {}) =>
    begin({ input: { memory: { facts } }, said: `forget that ${text}`, ...more });

  test('leaves no row, and nothing in any other table but the sealed events', async () => {
    const fact = await remember(text, { pinned: true });
    const kept = await remember('My sister lives in Bern');
    const recalling = await begin({ input: { topic: 'my sister' }, effects: all.slice(0, 1) });
    await recalling.end({ output: { memory: { facts: [fact, kept] } }, text: `${text}\n${kept.text}` });
    await admin`
      INSERT INTO summaries (session_id, through, text, trust) VALUES (${recalling.sessionId}, 1, ${text}, 'trusted')`;
    await admin`
      INSERT INTO thoughts (turn_id, number, purpose, agent, answer, usage)
      VALUES (${recalling.turnId}, 1, 'decide', 'workstation', ${admin.json({ kind: 'say', text })}, '{}')`;
    await admin`
      INSERT INTO questions (id, turn_id, kind, body, expires_at, answered_at) VALUES
        (gen_random_uuid(), ${recalling.turnId}, 'approval', ${admin.json({ text: `Forget “${text}”?` })}, now(), now())`;
    expect(await traces(text)).toEqual(['facts', 'invocations', 'questions', 'summaries', 'thoughts', 'turns']);

    const under = await forgetting([fact], { sessionId: recalling.sessionId });
    expect(await store.work.facts.forget({ invocationId: under.id }, [fact])).toBe(true);
    // Its own turn needs the words until it ends.
    expect(await traces(text)).toEqual(['invocations', 'turns']);
    await under.end({ output: { forgotten: 1 }, text: 'Forgot 1 fact.' });
    expect(await traces(text)).toEqual([]);
    expect(await find('sister')).toEqual([kept.text]);
    const [turn] = await admin`SELECT request, output FROM turns WHERE id = ${recalling.turnId}`;
    expect(turn).toMatchObject({
      output: { text: `[forgotten]\n${kept.text}`, data: { memory: { facts: [{ id: fact.id }, kept] } } },
    });
    // Sealed: what was said stays said.
    expect(await admin`SELECT 1 FROM events WHERE strpos(data::text, ${text}) > 0`).not.toHaveLength(0);
  });

  test('again changes nothing, and another text than was shown forgets none', async () => {
    const [maria, bern] = [await remember(text), await remember('My sister lives in Bern')];
    const under = await forgetting([maria, bern]);
    const asked = { invocationId: under.id };
    expect(await store.work.facts.forget(asked, [maria, { id: bern.id, text: 'harmless' }])).toBe(false);
    expect(await find('sister')).toHaveLength(2);
    expect(await store.work.facts.forget(asked, [maria])).toBe(true);
    expect(await store.work.facts.forget(asked, [maria])).toBe(true);
    expect(await find('sister')).toEqual([bern.text]);
  });

  test('is refused where the contract does not say so, and once the invocation is over', async () => {
    const fact = await remember(text);
    const reading = await forgetting([fact], { effects: all.slice(0, 2) });
    await expect(store.work.facts.forget({ invocationId: reading.id }, [fact])).rejects.toMatchObject({
      code: '42501',
    });
    const under = await forgetting([fact]);
    await under.end();
    await expect(store.work.facts.forget({ invocationId: under.id }, [fact])).rejects.toMatchObject({ code: '42501' });
    await expect(store.work.facts.forget({ invocationId: 'x' }, [fact])).rejects.toMatchObject({ code: '42501' });
    expect(await find('sister')).toEqual([text]);
  });

  test('another’s turns, and names and ids that happen to hold the same letters, stay as they are', async () => {
    const short = await remember('tried');
    const under = await forgetting([short]);
    await store.work.facts.forget({ invocationId: under.id }, [short]);
    await under.end();
    const [row] = await admin`SELECT plan FROM turns WHERE id = ${under.turnId}`;
    expect(row?.['plan']).toMatchObject([
      { skill: 'tried', input: { memory: { facts: [{ id: short.id, text: '[forgotten]' }] } } },
    ]);
  });
});
