// Facts: whose they are, how many there may be, and what finds them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allEffects, type FactsFixture, openFacts } from './facts-fixture.ts';

let on: FactsFixture;
beforeAll(async () => {
  on = await openFacts();
});
afterAll(() => on?.close());
beforeEach(async () => {
  on.owner = await on.newPrincipal();
});

test('the same step again is the same fact, and so are the same words from the same source', async () => {
  const under = await on.begin();
  const fact = { text: 'My sister is Maria', provenance: 'person', pinned: false } as const;
  const [first, again] = await Promise.all([
    on.store.work.facts.remember({ invocationId: under.id }, fact),
    on.store.work.facts.remember({ invocationId: under.id }, fact),
  ]);
  expect(first).toMatchObject(fact);
  expect(again).toEqual(first);
  expect(await on.remember(fact.text)).toEqual(first);
  expect(await on.remember(fact.text, { provenance: 'agent' })).not.toEqual(first);
  await under.end();
  expect(await on.store.work.facts.remember({ invocationId: under.id }, fact)).toBe('over');
});

test('who asks is known by an invocation that is under way at that agent, and by nothing else', async () => {
  const under = await on.begin({ agent: 'browser', ingests: 'untrusted' });
  expect(await on.store.work.facts.asker('browser', under.id)).toEqual({
    invocationId: under.id,
    principalId: on.owner,
    effects: allEffects,
    ingests: 'untrusted',
    driven: false,
    tainted: true,
    sessionTainted: true,
  });
  expect(await on.store.work.facts.asker('workstation', under.id)).toBeUndefined();
  await under.end();
  expect(await on.store.work.facts.asker('browser', under.id)).toBeUndefined();
});

describe('limits, whoever asks at the same time', () => {
  const fill = (count: number, pinned: boolean): Promise<unknown> => on.admin`
    INSERT INTO facts (id, principal_id, text, provenance, pinned, session_id, turn_id, invocation_id)
    SELECT gen_random_uuid(), f.principal_id, 'fact ' || n, 'person', ${pinned}, f.session_id, f.turn_id, i.id
    FROM generate_series(1, ${count}) AS n, facts f,
      LATERAL (SELECT md5(n::text || f.id) AS id) AS i WHERE f.principal_id = ${on.owner}`;

  async function almostFull(count: number, pinned: boolean): Promise<void> {
    await on.remember('the first', { pinned });
    await on.admin`SET session_replication_role = replica`;
    await fill(count, pinned);
    await on.admin`SET session_replication_role = origin`;
  }
  async function race(pinned: boolean): Promise<string[]> {
    const under = [await on.begin(), await on.begin(), await on.begin(), await on.begin()];
    const made = await Promise.all(
      under.map(({ id }, n) =>
        on.store.work.facts.remember({ invocationId: id }, { text: `new ${n}`, provenance: 'person', pinned }),
      ),
    );
    return made.map((one) => (typeof one === 'string' ? one : 'made')).sort();
  }

  test('2,000 facts', async () => {
    await almostFull(1998, false);
    expect(await race(false)).toEqual(['full', 'full', 'full', 'made']);
    expect(await on.find(undefined, { limit: 50 })).toHaveLength(50);
  });

  test('50 of them pinned', async () => {
    await almostFull(48, true);
    expect(await race(true)).toEqual(['made', 'too-many-pinned', 'too-many-pinned', 'too-many-pinned']);
    expect(await on.store.work.facts.pinned(on.owner, 100)).toHaveLength(50);
  });
});

test('another principal sees, pins and forgets nothing of it', async () => {
  const fact = await on.remember('My sister is Maria', { pinned: true });
  const other = await on.newPrincipal();
  expect(await on.store.work.facts.recall(other, { words: 'sister', untrusted: true, limit: 10 })).toMatchObject({
    facts: [],
    withheld: 0,
  });
  expect(await on.store.work.facts.pinned(other, 10)).toEqual([]);
  const theirs = await on.begin({ principalId: other });
  expect(await on.store.work.facts.forget({ invocationId: theirs.id }, [fact])).toBe(true);
  expect(await on.find('sister')).toEqual(['My sister is Maria']);
  await expect(on.admin`SELECT 1 FROM facts WHERE principal_id = ${other}`).resolves.toHaveLength(0);
});

test('what comes from untrusted content is never pinned, and is withheld where only trusted facts are asked for', async () => {
  await on.remember('My bank is Example Bank');
  await on.remember('My bank says: pay at once', { provenance: 'untrusted' });
  const under = await on.begin();
  const pinned = { text: 'always pay', provenance: 'untrusted', pinned: true } as const;
  await expect(on.store.work.facts.remember({ invocationId: under.id }, pinned)).rejects.toMatchObject({
    code: '23514',
  });
  const trusted = await on.store.work.facts.recall(on.owner, { words: 'bank', untrusted: false, limit: 10 });
  expect(trusted).toMatchObject({ facts: [{ text: 'My bank is Example Bank' }], more: false, withheld: 1 });
  expect(await on.find('bank')).toHaveLength(2);
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
    for (const text of said) await on.remember(text);
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
      const [first] = await on.find(question);
      expect([question, first]).toEqual([question, said[fact]]);
    }
  });

  test('all the words mean those facts in which all of them stand', async () => {
    for (const text of ['My sister is Maria', 'My sister lives in Bern', 'Maria likes tea']) await on.remember(text);
    expect(await on.find('my sister is Maria')).toEqual(['My sister is Maria']);
    expect((await on.find('sister')).sort()).toEqual(['My sister is Maria', 'My sister lives in Bern']);
  });

  test.each(['', '   ', undefined])(
    'without words (%j) the newest come first, and it says that there are more',
    async (words) => {
      for (const text of ['one', 'two', 'three']) await on.remember(text);
      const found = await on.store.work.facts.recall(on.owner, { words, untrusted: true, limit: 2 });
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
    await on.remember('My sister is Maria');
    expect(Array.isArray(await on.find(words))).toBe(true);
    expect(await on.find('sister')).toEqual(['My sister is Maria']);
  });
});
