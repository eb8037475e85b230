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

  test('leaves nothing in what a model made of it: steps of other skills, the plan, thoughts, the answer', async () => {
    const fact = await on.remember(`${text} ("Otti"), of Bern`);
    const led = await on.begin({ input: { topic: 'my sister' }, effects: allEffects.slice(0, 1) });
    const passedOn = `Dear all,\n${fact.text.toUpperCase()}.`;
    const input = { path: `notes/${fact.text}.md`, lines: [{ [fact.text]: passedOn }], id: fact.id };
    await on.admin`
      INSERT INTO invocations SELECT (jsonb_populate_record(i, ${on.admin.json({
        id: `${led.turnId}-2-1`,
        step: 2,
        skill: 'write-file',
        effects: [{ class: 'write', on: 'files' }],
        state: 'failed',
        input,
        output: { file: { id: fact.id, sha256: 'abc', name: fact.text } },
        text: `Wrote ${passedOn}`,
        error: { code: 'internal', message: `cannot write ${fact.text}` },
      })})).* FROM invocations i WHERE i.id = ${led.id}`;
    await on.admin`
      INSERT INTO artifacts (id, turn_id, invocation_id, name, media_type, bytes, sha256, content)
      VALUES (gen_random_uuid(), ${led.turnId}, ${led.id}, ${`${fact.text}.md`}, 'text/markdown', 1, 'abc', 'x')`;
    const call = { v: 1, id: `${led.turnId}-2-1`, kind: 'call', agent: 'workstation', skill: 'write-file', input };
    await on.admin`
      INSERT INTO thoughts (turn_id, number, purpose, agent, answer, why, usage)
      VALUES (${led.turnId}, 2, 'decide', 'workstation', ${on.admin.json(call)}, ${`not: ${passedOn}`}, '{}')`;
    await led.end({ output: { receipts: [{ skill: 'write-file', said: JSON.stringify({ note: fact.text }) }] } });
    await on.admin`
      UPDATE turns SET plan = plan || ${on.admin.json([{ agent: 'workstation', skill: 'write-file', input }])},
        decision = ${on.admin.json({ outcome: 'drive', reason: fact.text })} WHERE id = ${led.turnId}`;
    const found = await on.admin`UPDATE invocations SET output = ${on.admin.json({ memory: { facts: [fact] } })}
      WHERE id = ${led.id} RETURNING 1`;
    expect(found).toHaveLength(1);

    const under = await forgetting([fact], { said: 'forget it' });
    expect(await on.store.work.facts.forget({ invocationId: under.id }, [fact])).toBe(true);
    await under.end({ output: { forgotten: 1 }, text: 'Forgot 1 fact.' });
    for (const words of [fact.text, fact.text.toUpperCase(), 'Ottilie', 'OTTILIE'])
      expect(await traces(words)).toEqual([]);
    const [row] = await on.admin`SELECT answer, why FROM thoughts WHERE turn_id = ${led.turnId}`;
    expect(row).toEqual({
      answer: {
        ...call,
        input: { path: 'notes/[forgotten].md', lines: [{ '[forgotten]': 'Dear all,\n[forgotten].' }], id: fact.id },
      },
      why: 'not: Dear all,\n[forgotten].',
    });
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
