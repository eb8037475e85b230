// Forgetting leaves nothing of a fact but what is sealed, and takes nothing else.
import type { Fact } from '@switchboard/contract';
import type { BeginOptions } from '@switchboard/testkit/begin-invocation';
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

/** Rows of all other tables that hold it, but for the sealed events. */
async function traces(text: string): Promise<string[]> {
  const tables = await on.admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname NOT IN ('events', 'acts', 'audit') ORDER BY relname`;
  const held: string[] = [];
  for (const { name } of tables) {
    const rows = await on.admin`SELECT 1 FROM ${on.admin(name)} t WHERE strpos(t::text, ${text}) > 0`;
    if (rows.length > 0) held.push(name);
  }
  return held;
}

describe('forgetting', () => {
  const text = 'My sister is Ottilie';
  const forgetting = (facts: readonly Pick<Fact, 'id' | 'text'>[], more: Partial<BeginOptions> = {}) =>
    on.begin({ input: { memory: { facts } }, said: `forget that ${text}`, ...more });

  test('leaves no row, and nothing in any other table but the sealed events', async () => {
    const fact = await on.remember(text, { pinned: true });
    const kept = await on.remember('My sister lives in Bern');
    const recalling = await on.begin({ input: { topic: 'my sister' }, effects: allEffects.slice(0, 1) });
    await recalling.end({ output: { memory: { facts: [fact, kept] } }, text: `${text}\n${kept.text}` });
    await on.admin`
      INSERT INTO summaries (session_id, through, text, trust) VALUES (${recalling.sessionId}, 1, ${text}, 'trusted')`;
    await on.admin`
      INSERT INTO thoughts (turn_id, number, purpose, agent, answer, usage)
      VALUES (${recalling.turnId}, 1, 'decide', 'workstation', ${on.admin.json({ kind: 'say', text })}, '{}')`;
    await on.admin`
      INSERT INTO questions (id, turn_id, kind, body, expires_at, answered_at) VALUES
        (gen_random_uuid(), ${recalling.turnId}, 'approval', ${on.admin.json({ text: `Forget “${text}”?` })}, now(), now())`;
    expect(await traces(text)).toEqual(['facts', 'invocations', 'questions', 'summaries', 'thoughts', 'turns']);

    const under = await forgetting([fact], { sessionId: recalling.sessionId });
    expect(await on.store.work.facts.forget({ invocationId: under.id }, [fact])).toBe(true);
    // Its own turn needs the words until it ends.
    expect(await traces(text)).toEqual(['invocations', 'turns']);
    await under.end({ output: { forgotten: 1 }, text: 'Forgot 1 fact.' });
    expect(await traces(text)).toEqual([]);
    expect(await on.find('sister')).toEqual([kept.text]);
    const [turn] = await on.admin`SELECT request, output FROM turns WHERE id = ${recalling.turnId}`;
    expect(turn).toMatchObject({
      output: { text: `[forgotten]\n${kept.text}`, data: { memory: { facts: [{ id: fact.id }, kept] } } },
    });
    // Sealed: what was said stays said.
    expect(await on.admin`SELECT 1 FROM events WHERE strpos(data::text, ${text}) > 0`).not.toHaveLength(0);
  });

  test('again changes nothing, and another text than was shown forgets none', async () => {
    const [maria, bern] = [await on.remember(text), await on.remember('My sister lives in Bern')];
    const under = await forgetting([maria, bern]);
    const asked = { invocationId: under.id };
    expect(await on.store.work.facts.forget(asked, [maria, { id: bern.id, text: 'harmless' }])).toBe(false);
    expect(await on.find('sister')).toHaveLength(2);
    expect(await on.store.work.facts.forget(asked, [maria])).toBe(true);
    expect(await on.store.work.facts.forget(asked, [maria])).toBe(true);
    expect(await on.find('sister')).toEqual([bern.text]);
  });

  test('is refused where the contract does not say so, and once the invocation is over', async () => {
    const fact = await on.remember(text);
    const reading = await forgetting([fact], { effects: allEffects.slice(0, 2) });
    await expect(on.store.work.facts.forget({ invocationId: reading.id }, [fact])).rejects.toMatchObject({
      code: '42501',
    });
    const under = await forgetting([fact]);
    await under.end();
    await expect(on.store.work.facts.forget({ invocationId: under.id }, [fact])).rejects.toMatchObject({
      code: '42501',
    });
    await expect(on.store.work.facts.forget({ invocationId: 'x' }, [fact])).rejects.toMatchObject({ code: '42501' });
    expect(await on.find('sister')).toEqual([text]);
  });

  test('another’s turns, and names and ids that happen to hold the same letters, stay as they are', async () => {
    const short = await on.remember('tried');
    const under = await forgetting([short]);
    await on.store.work.facts.forget({ invocationId: under.id }, [short]);
    await under.end();
    const [row] = await on.admin`SELECT plan FROM turns WHERE id = ${under.turnId}`;
    expect(row?.['plan']).toMatchObject([
      { skill: 'tried', input: { memory: { facts: [{ id: short.id, text: '[forgotten]' }] } } },
    ]);
  });
});
