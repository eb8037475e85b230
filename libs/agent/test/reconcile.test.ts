// What a host answers when it is asked to look whether an interrupted invocation had its effect.
import { randomUUIDv7 } from 'node:crypto';
import { artifactSchema, hashJson, type Invoke, type JsonValue, type Skill, SkillError } from '@switchboard/contract';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Ledger } from '../src/ledger.ts';
import { invocation, reconciling } from './invocations.ts';
import { type TestHost, testHost } from './test-host.ts';
import { testSkill } from './test-skills.ts';

let folder: TempFolder;
const hosts: TestHost[] = [];

beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.close();
  await folder.remove();
});

type Reconcile = NonNullable<Skill['handler']['reconcile']>;

function reconcilable(reconcile: Reconcile, more: Parameters<typeof testSkill>[2] = {}): Skill {
  const run = async (): Promise<never> => {
    throw new Error('it ran');
  };
  return testSkill('look-back', run, { repeat: 'reconcilable', reconcile, ...more });
}

function openLedger(now = Date.now()): Promise<Ledger> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const path = `${folder.path}/ledger.jsonl`;
  return Ledger.open({ path, instance: 'dead', onBroken: fail, onRewriteFailed: fail, now: () => now });
}

/** A host whose process before it died after it had started this, and noted that. */
async function afterDeath(skill: Skill, message: Invoke, ...notes: JsonValue[]): Promise<TestHost> {
  const ledger = await openLedger();
  await ledger.start(message.id, message.skill, message.inputHash, message.deadline);
  for (const note of notes) await ledger.note(message.id, note);
  await ledger.close();
  const made = await testHost(folder.path, [skill]);
  hosts.push(made);
  return made;
}

describe('reconcile', () => {
  it('gets the input and the last note; what it finds done is done, and stays so', async () => {
    const seen: unknown[] = [];
    const skill = reconcilable(async (_, input, noted) => {
      seen.push(input, noted);
      return { outcome: 'done', output: { text: 'found' } };
    });
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message, 'first', { hash: 'second' });
    expect(await host.status(message.id)).toMatchObject({ state: 'interrupted' });
    const reply = await host.reconcile(reconciling(message));
    expect(reply).toMatchObject({ state: 'done', output: { text: 'found' }, text: 'It says found.' });
    expect(seen).toEqual([{ text: 'x' }, { hash: 'second' }]);
    expect(await host.reconcile(reconciling(message))).toEqual(reply);
    expect(await host.status(message.id)).toEqual(reply);
    expect(seen, 'it looked once').toHaveLength(2);
    const restarted = await testHost(folder.path, [skill]);
    hosts.push(restarted);
    expect(await restarted.host.status(message.id)).toEqual(reply);
  });

  it.each(['not-done', 'unknown'] as const)('%s: it stays interrupted, and never runs', async (outcome) => {
    const skill = reconcilable(async (_, __, noted) => {
      expect(noted).toBeUndefined();
      return { outcome };
    });
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message);
    expect(await host.reconcile(reconciling(message))).toEqual({ v: 1, id: message.id, state: outcome });
    expect(await host.status(message.id)).toMatchObject({ state: 'interrupted' });
    await expect(host.invoke(message, message.skill)).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  it.each([
    ['it throws', async () => Promise.reject(new SkillError('no-such-thing', 'No.'))],
    ['it leaves a note', async (ctx) => ctx.note('x').then(() => ({ outcome: 'not-done' }))],
    ['it finds what its contract does not allow', async () => ({ outcome: 'done', output: { other: 1 } })],
    ['it has no time', (ctx) => new Promise((_, reject) => ctx.signal.addEventListener('abort', reject))],
  ] as [string, Reconcile][])('unknown when %s', async (_, reconcile) => {
    const skill = reconcilable(reconcile, { timeoutMs: 50 });
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message);
    expect(await host.reconcile(reconciling(message))).toMatchObject({ state: 'unknown' });
  });

  it('unknown for another version of the contract, past the deadline, and for a skill that cannot look', async () => {
    const skill = reconcilable(async () => ({ outcome: 'not-done' }));
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message);
    const unknown = { state: 'unknown' };
    expect(await host.reconcile(reconciling({ ...message, contractHash: '0'.repeat(64) }))).toMatchObject(unknown);
    expect(await host.reconcile(reconciling(message, new Date(Date.now() - 1)))).toMatchObject(unknown);

    const once = testSkill('once', async (_, { text }) => ({ text }));
    const other = invocation(once, 'x');
    const second = await afterDeath(once, other);
    expect(await second.host.reconcile(reconciling(other))).toMatchObject(unknown);
  });

  it('cannot change anything: it gets what its contract lets it read, and no more', async () => {
    const effects = [{ class: 'execute', on: 'shell' }] as const;
    const held: string[][] = [];
    const skill = reconcilable(
      async (ctx) => {
        held.push(Object.keys(ctx));
        return { outcome: 'not-done' };
      },
      { effects },
    );
    const adapters = { shell: { execute: () => ({ run: () => Promise.reject(new Error('it ran')) }) } };
    const message = invocation(skill, 'x');
    await (await afterDeath(skill, message)).close();
    hosts.length = 0;
    const made = await testHost(folder.path, [skill], { adapters });
    hosts.push(made);
    expect(await made.host.reconcile(reconciling(message))).toMatchObject({ state: 'not-done' });
    expect(held).toHaveLength(1);
    expect(held[0]).not.toContain('shell');
  });

  it('of what never arrived: not done, and fenced; of what was fenced: not done', async () => {
    const skill = reconcilable(async () => ({ outcome: 'unknown' }));
    const message = invocation(skill, 'x');
    const made = await testHost(folder.path, [skill]);
    hosts.push(made);
    for (const _ of [1, 2])
      expect(await made.host.reconcile(reconciling(message))).toMatchObject({ state: 'not-done' });
    expect(await made.host.invoke(message, message.skill)).toMatchObject({ state: 'refused' });
  });

  it('refuses what is not for this agent, and what is not what was interrupted', async () => {
    const skill = reconcilable(async () => ({ outcome: 'not-done' }));
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message);
    const wrong = { code: 'invalid-request' };
    await expect(host.reconcile(reconciling({ ...message, agent: 'other' }))).rejects.toMatchObject(wrong);
    await expect(host.reconcile(reconciling({ ...message, input: { text: 'y' } }))).rejects.toMatchObject(wrong);
    const other = { ...message, input: { text: 'y' }, inputHash: hashJson({ text: 'y' }) };
    await expect(host.reconcile(reconciling(other))).rejects.toMatchObject(wrong);
  });

  it('refuses while it runs', async () => {
    const { promise, resolve } = Promise.withResolvers<{ text: string }>();
    const skill = testSkill('held', () => promise, {
      repeat: 'reconcilable',
      reconcile: async () => ({ outcome: 'unknown' }),
    });
    const made = await testHost(folder.path, [skill]);
    hosts.push(made);
    const message = invocation(skill, 'x');
    const reply = made.host.invoke(message, 'held');
    await expect(made.host.reconcile(reconciling(message))).rejects.toMatchObject({ code: 'conflict' });
    resolve({ text: 'x' });
    expect((await reply).state).toBe('done');
  });

  it('finds the artifacts of the run before it in the output', async () => {
    const artifact = { id: randomUUIDv7(), name: 'a', mediaType: 'text/plain', bytes: 1, sha256: '0'.repeat(64) };
    const output = z.strictObject({ text: z.string(), earlier: artifactSchema });
    const done = { outcome: 'done' as const, output: { text: 'x', earlier: artifact } };
    const { contract, handler } = reconcilable(async () => done);
    const skill: Skill = { contract: { ...contract, output }, handler };
    const message = invocation(skill, 'x');
    const { host } = await afterDeath(skill, message);
    expect(await host.reconcile(reconciling(message))).toMatchObject({ state: 'done', artifacts: [artifact] });
  });

  it('unknown of a week-old id: without its note a handler would say that nothing was done', async () => {
    const skill = reconcilable(async () => ({ outcome: 'not-done' }));
    const message = invocation(skill, 'x');
    await (await afterDeath(skill, message, 'noted')).close();
    hosts.length = 0;
    await (await openLedger(Date.now() + 8 * 24 * 60 * 60 * 1000)).close();
    const made = await testHost(folder.path, [skill]);
    hosts.push(made);
    expect(await made.host.status(message.id)).toMatchObject({ state: 'interrupted' });
    expect(await made.host.reconcile(reconciling(message))).toMatchObject({ state: 'unknown' });
  });
});
