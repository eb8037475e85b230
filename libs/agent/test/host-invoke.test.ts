// What a host does with an invocation: once, whole, and only what its contract allows.
import { type Skill, type SkillContextBase, SkillError } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { invocation } from './invocations.ts';
import { hostBench } from './test-host.ts';
import { repeatSkills, testSkill } from './test-skills.ts';
import { watchedFile } from './watched-file.ts';

const bench = hostBench();

describe('an invocation', () => {
  it('runs once, and is answered from the ledger ever after', async () => {
    const skills = repeatSkills(bench.world());
    for (const skill of skills.slice(1)) {
      const { host } = await bench.start(skills);
      const message = invocation(skill, `to ${skill.contract.name}`);
      const reply = await host.invoke(message, message.skill);
      expect(reply).toEqual({
        v: 1,
        id: message.id,
        state: 'done',
        output: { text: `to ${skill.contract.name}` },
        text: `It says to ${skill.contract.name}.`,
        artifacts: [],
      });
      expect(await host.invoke(message, message.skill)).toEqual(reply);
      const restarted = await bench.start(skills);
      expect(await restarted.host.invoke(message, message.skill)).toEqual(reply);
      expect(await restarted.host.status(message.id)).toEqual(reply);
    }
    expect(bench.world().lines()).toEqual(['to idempotent', 'to reconcilable', 'to once']);
  });

  it('that comes again while it runs is the same one', async () => {
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill]);
    const message = invocation(skill, 'x');
    const replies = [host.invoke(message, 'held'), host.invoke(message, 'held')];
    await begun;
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'running' });
    replies.push(host.invoke(message, 'held'));
    end();
    const [one, two, three] = await Promise.all(replies);
    expect([two, three]).toEqual([one, one]);
    expect(bench.world().lines()).toEqual(['x']);
  });

  it('of a safe skill costs no line in the ledger, and tells how it goes', async () => {
    const file = watchedFile();
    const looking = testSkill(
      'look',
      async (ctx, { text }) => {
        ctx.progress('half way');
        await ctx.note('nothing to reconcile');
        return { text };
      },
      { repeat: 'safe' },
    );
    const { host, progress } = await bench.start([looking], { open: file.open });
    const before = file.syncs();
    const message = invocation(looking, 'x');
    expect((await host.invoke(message, 'look')).state).toBe('done');
    expect(file.syncs()).toBe(before);
    expect(progress).toEqual(['half way']);
    expect(await host.status(message.id), 'nothing was kept, so it may be done again').toMatchObject({
      state: 'not-seen',
    });
  });

  it('is given what its contract says, and nothing when it is over', async () => {
    let kept: SkillContextBase | undefined;
    const keeping = testSkill('keep', async (ctx, { text }) => {
      kept = ctx;
      return { text };
    });
    const { host } = await bench.start([keeping]);
    await host.invoke(invocation(keeping, 'x'), 'keep');
    const names = ['artifact', 'content', 'deadline', 'invocationId', 'note', 'progress', 'signal'];
    expect(Object.keys(kept ?? {}).sort()).toEqual(names);
    expect(Object.isFrozen(kept)).toBe(true);
    await expect(kept?.note('late')).rejects.toMatchObject({ code: 'conflict' });
    const late = { name: 'late', mediaType: 'text/plain', content: (async function* () {})() };
    await expect(kept?.artifact(late)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('S6, F24: what is not for us, or not as it was signed, does not run', () => {
  it('another agent, another skill’s subject, a changed input: not even fenced', async () => {
    const once = bench.acting('once');
    const { host } = await bench.start([once]);
    const message = invocation(once, 'x');
    const wrong = { code: 'invalid-request' };
    await expect(host.invoke({ ...message, agent: 'other' }, 'once')).rejects.toMatchObject(wrong);
    await expect(host.invoke(message, 'idempotent')).rejects.toMatchObject(wrong);
    await expect(host.invoke({ ...message, input: { text: 'y' } }, 'once')).rejects.toMatchObject(wrong);
    expect(bench.world().lines()).toEqual([]);
    expect((await host.invoke(message, 'once')).state, 'the honest one is not hurt by it').toBe('done');
  });

  it('a contract of another version, an unknown skill, an input that does not fit: refused for good', async () => {
    const { skill } = bench.held();
    const { host, refused } = await bench.start([skill]);
    const other = invocation(skill, 'x', { contractHash: '0'.repeat(64) });
    expect(await host.invoke(other, 'held')).toMatchObject({ state: 'refused', error: { code: 'contract-mismatch' } });
    const right = invocation(skill, 'x', { turn: other.turn });
    expect(await host.invoke(right, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
    const unknown = invocation(skill, 'x', { skill: 'not-here' });
    expect(await host.invoke(unknown, 'not-here')).toMatchObject({ error: { code: 'contract-mismatch' } });
    const wrong = invocation(skill, '', { input: { text: 1, more: true } });
    expect(await host.invoke(wrong, 'held')).toMatchObject({ state: 'refused', error: { code: 'invalid-input' } });
    expect(refused).toEqual(['contract-mismatch', 'conflict', 'contract-mismatch', 'invalid-input']);
    expect(bench.world().lines()).toEqual([]);
  });

  it('what the decision does not cover, or was to be approved and is not: refused for good', async () => {
    const [, idempotent] = repeatSkills(bench.world());
    if (!idempotent) throw new Error('no skill');
    const { host, refused } = await bench.start([idempotent]);
    const { policy } = invocation(idempotent, 'x');
    const ask = { ...policy, decision: 'ask' as const };
    for (const more of [
      { policy: { ...policy, effects: [] } },
      { policy: { ...policy, effects: [{ class: 'read' as const, on: 'shell' }] } },
      { policy: { ...policy, effects: [{ class: 'execute' as const, on: 'files' }] } },
      { policy: ask },
    ]) {
      const message = invocation(idempotent, 'x', more);
      const denied = { state: 'refused', error: { code: 'policy-denied' } };
      expect(await host.invoke(message, 'idempotent')).toMatchObject(denied);
      expect(await host.invoke({ ...message, policy }, 'idempotent')).toMatchObject({ error: { code: 'conflict' } });
    }
    expect(refused.filter((code) => code === 'policy-denied')).toHaveLength(4);
    expect(bench.world().lines()).toEqual([]);
    const approved = invocation(idempotent, 'y', { policy: ask, approval: invocation(idempotent, 'y').turn });
    expect(await host.invoke(approved, 'idempotent')).toMatchObject({ state: 'done' });
    expect(bench.world().lines()).toEqual(['y']);
  });
});

describe('R9: limits', () => {
  it('runs as many as it may, lets 64 wait, and refuses the next', async () => {
    const { skill, end } = bench.held();
    const { host } = await bench.start([skill], { concurrency: 2 });
    const replies = Array.from({ length: 70 }, (_, index) => host.invoke(invocation(skill, String(index)), 'held'));
    const over = await Promise.all(replies.slice(66));
    expect(over).toMatchObject(Array(4).fill({ state: 'refused', error: { code: 'overloaded' } }));
    expect(host.running).toBe(66);
    end();
    expect((await Promise.all(replies.slice(0, 66))).every(({ state }) => state === 'done')).toBe(true);
    expect(bench.world().lines()).toHaveLength(66);
    expect(host.running).toBe(0);
  });

  it('an output past its limit is refused, never cut; its text is cut, and says so', async () => {
    const large = testSkill('large', async () => ({ text: 'x'.repeat(200_000) }));
    const wordy = testSkill('wordy', async () => ({ text: 'x' }), { say: () => '😀'.repeat(30_000) });
    const { host } = await bench.start([large, wordy]);
    const failed = { state: 'failed', error: { code: 'too-large' } };
    expect(await host.invoke(invocation(large, 'x'), 'large')).toMatchObject(failed);
    const reply = await host.invoke(invocation(wordy, 'x'), 'wordy');
    if (reply.state !== 'done') throw new Error(reply.state);
    expect(reply.text.length).toBeLessThanOrEqual(20_000);
    expect(reply.text).toMatch(/… \(60000 characters in all\)$/);
    expect(reply.text.isWellFormed()).toBe(true);
  });
});

describe('what a handler may throw', () => {
  const failing = (thrown: unknown): Skill =>
    testSkill('failing', async () => {
      throw thrown;
    });

  it.each([
    ['a reason of its contract', new SkillError('no-such-thing', 'No x.'), 'skill-failed', 'No x.'],
    ['another reason', new SkillError('secret-reason', 'Secret.'), 'internal', expect.not.stringContaining('Secret')],
    ['an error of ours', new TypeError('Secret.'), 'internal', expect.not.stringContaining('Secret')],
    ['not even an error', 'Secret.', 'internal', expect.not.stringContaining('Secret')],
  ])('%s', async (_, thrown, code, message) => {
    const skill = failing(thrown);
    const { host } = await bench.start([skill]);
    const reply = await host.invoke(invocation(skill, 'x'), 'failing');
    expect(reply).toMatchObject({ state: 'failed', error: { code, message } });
    expect(await host.status(reply.id)).toEqual(reply);
  });

  it.each([
    ['another shape', { other: 1 }],
    ['nothing', undefined],
    ['what JSON cannot hold', { text: 1n }],
  ])('an output of %s breaks the contract', async (_, output) => {
    const skill = testSkill('broken', async () => output as never);
    const { host } = await bench.start([skill]);
    const failed = { state: 'failed', error: { code: 'internal' } };
    expect(await host.invoke(invocation(skill, 'x'), 'broken')).toMatchObject(failed);
  });

  it('a `say` that throws is replaced by the title', async () => {
    const skill = testSkill('mute', async (_, { text }) => ({ text }), {
      say() {
        throw new Error('no words');
      },
    });
    const { host } = await bench.start([skill]);
    expect(await host.invoke(invocation(skill, 'x'), 'mute')).toMatchObject({ state: 'done', text: 'Test mute' });
  });
});
