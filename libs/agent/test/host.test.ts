// What a host does with an invocation, in the order that the promises need.
import { setTimeout as delay } from 'node:timers/promises';
import { invocationId, type Skill, type SkillContextBase, SkillError } from '@switchboard/contract';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { invocation } from './invocations.ts';
import { type TestHost, testHost } from './test-host.ts';
import { repeatSkills, testSkill, type World, worldAt } from './test-skills.ts';
import { watchedFile } from './watched-file.ts';

let folder: TempFolder;
let world: World;
const hosts: TestHost[] = [];

const start = async (skills: readonly Skill[], more: Parameters<typeof testHost>[2] = {}): Promise<TestHost> => {
  const made = await testHost(folder.path, skills, more);
  hosts.push(made);
  return made;
};
/** A promise and the function that settles it. */
const gate = (): { opened: Promise<void>; open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
};

beforeEach(async () => {
  folder = await tempFolder();
  world = worldAt(`${folder.path}/world`);
});
afterEach(async () => {
  for (const made of hosts.splice(0)) await made.close();
  await folder.remove();
});

/** A skill that says when it has begun and ends when it is let. */
function held(more: Parameters<typeof testSkill>[2] = {}) {
  const begun = gate();
  const end = gate();
  const skill = testSkill(
    'held',
    async (_, { text }) => {
      begun.open();
      await end.opened;
      world.act(String(text));
      return { text };
    },
    more,
  );
  return { skill, begun: begun.opened, end: end.open };
}

describe('an invocation', () => {
  it('runs once, and is answered from the ledger ever after', async () => {
    const skills = repeatSkills(world);
    for (const skill of skills.slice(1)) {
      const { host } = await start(skills);
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
      const restarted = await start(skills);
      expect(await restarted.host.invoke(message, message.skill)).toEqual(reply);
      expect(await restarted.host.status(message.id)).toEqual(reply);
    }
    expect(world.lines()).toEqual(['to idempotent', 'to reconcilable', 'to once']);
  });

  it('that comes again while it runs is the same one', async () => {
    const { skill, begun, end } = held();
    const { host } = await start([skill]);
    const message = invocation(skill, 'x');
    const replies = [host.invoke(message, 'held'), host.invoke(message, 'held')];
    await begun;
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'running' });
    replies.push(host.invoke(message, 'held'));
    end();
    const [one, two, three] = await Promise.all(replies);
    expect([two, three]).toEqual([one, one]);
    expect(world.lines()).toEqual(['x']);
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
    const { host, progress } = await start([looking], { open: file.open });
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
    const { host } = await start([keeping]);
    await host.invoke(invocation(keeping, 'x'), 'keep');
    const names = ['artifact', 'deadline', 'invocationId', 'note', 'progress', 'signal'];
    expect(Object.keys(kept ?? {}).sort()).toEqual(names);
    expect(Object.isFrozen(kept)).toBe(true);
    await expect(kept?.note('late')).rejects.toMatchObject({ code: 'conflict' });
    const late = { name: 'late', mediaType: 'text/plain', content: (async function* () {})() };
    await expect(kept?.artifact(late)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('S6, F24: what is not for us, or not as it was signed, does not run', () => {
  it('another agent, another skill’s subject, a changed input: not even fenced', async () => {
    const [, , , once] = repeatSkills(world);
    if (once === undefined) throw new Error('no skill');
    const { host } = await start([once]);
    const message = invocation(once, 'x');
    const wrong = { code: 'invalid-request' };
    await expect(host.invoke({ ...message, agent: 'other' }, 'once')).rejects.toMatchObject(wrong);
    await expect(host.invoke(message, 'idempotent')).rejects.toMatchObject(wrong);
    await expect(host.invoke({ ...message, input: { text: 'y' } }, 'once')).rejects.toMatchObject(wrong);
    expect(world.lines()).toEqual([]);
    expect((await host.invoke(message, 'once')).state, 'the honest one is not hurt by it').toBe('done');
  });

  it('a contract of another version, an unknown skill, an input that does not fit: refused for good', async () => {
    const { skill } = held();
    const { host, refused } = await start([skill]);
    const other = invocation(skill, 'x', { contractHash: '0'.repeat(64) });
    expect(await host.invoke(other, 'held')).toMatchObject({ state: 'refused', error: { code: 'contract-mismatch' } });
    const right = invocation(skill, 'x', { turn: other.turn });
    expect(await host.invoke(right, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
    const unknown = invocation(skill, 'x', { skill: 'not-here' });
    expect(await host.invoke(unknown, 'not-here')).toMatchObject({ error: { code: 'contract-mismatch' } });
    const wrong = invocation(skill, '', { input: { text: 1, more: true } });
    expect(await host.invoke(wrong, 'held')).toMatchObject({ state: 'refused', error: { code: 'invalid-input' } });
    expect(refused).toEqual(['contract-mismatch', 'conflict', 'contract-mismatch', 'invalid-input']);
    expect(world.lines()).toEqual([]);
  });
});

describe('F06: too late is not at all', () => {
  it('past its deadline it is refused, for good', async () => {
    const { skill } = held();
    const { host } = await start([skill]);
    const late = invocation(skill, 'x', { deadline: new Date(Date.now() - 1).toISOString() });
    expect(await host.invoke(late, 'held')).toMatchObject({ state: 'refused', error: { code: 'deadline-exceeded' } });
    const again = { ...late, deadline: new Date(Date.now() + 10_000).toISOString() };
    expect(await host.invoke(again, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
  });

  it('when the process was stopped during its own start: nothing is done', async () => {
    const file = watchedFile();
    let now = Date.now();
    const [, , , once] = repeatSkills(world);
    if (once === undefined) throw new Error('no skill');
    const { host } = await start([once], { now: () => now, open: file.open });
    file.aroundSync(async (sync) => {
      now += 60_000;
      await sync();
    });
    const message = invocation(once, 'x');
    const reply = await host.invoke(message, 'once');
    expect(reply).toMatchObject({ state: 'failed', error: { code: 'deadline-exceeded' } });
    expect(await (await start([once])).host.status(message.id)).toEqual(reply);
    expect(world.lines()).toEqual([]);
  });

  it('when it waited too long for a slot', async () => {
    const { skill, begun, end } = held();
    const { host } = await start([skill], { concurrency: 1 });
    const first = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    const second = invocation(skill, 'y', { deadline: new Date(Date.now() + 50).toISOString() });
    expect(await host.invoke(second, 'held')).toMatchObject({ state: 'refused', error: { code: 'deadline-exceeded' } });
    end();
    expect((await first).state).toBe('done');
    expect(world.lines()).toEqual(['x']);
  });

  it.each(['safe', 'idempotent', 'reconcilable', 'once'] as const)(
    'when a %s handler runs out of time, it is failed or interrupted as its contract allows',
    async (repeat) => {
      const more = { repeat, timeoutMs: 30, reconcile: async () => ({ outcome: 'unknown' as const }) };
      const slow = testSkill('slow', (ctx) => delay(60_000, { text: '' }, { signal: ctx.signal }), more);
      const { host } = await start([slow]);
      const message = invocation(slow, 'x');
      if (repeat === 'safe' || repeat === 'idempotent') {
        const failed = { state: 'failed', error: { code: 'deadline-exceeded' } };
        expect(await host.invoke(message, 'slow')).toMatchObject(failed);
      } else {
        await expect(host.invoke(message, 'slow')).rejects.toMatchObject({ code: 'outcome-unknown' });
        expect(await host.status(message.id)).toMatchObject({ state: 'interrupted' });
        await expect(host.invoke(message, 'slow')).rejects.toMatchObject({ code: 'outcome-unknown' });
        expect(await (await start([slow])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
      }
    },
  );

  it('a handler that finishes although its time is over has finished', async () => {
    const { skill, begun, end } = held({ timeoutMs: 20 });
    const { host } = await start([skill]);
    const reply = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    await delay(40);
    end();
    expect((await reply).state).toBe('done');
  });
});

describe('R4: asking what became of it', () => {
  it('fences an id that never arrived, on the disk before the answer, and the late message does not run', async () => {
    const file = watchedFile();
    const { skill } = held();
    const { host } = await start([skill], { open: file.open });
    const message = invocation(skill, 'x');
    const before = file.syncs();
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'not-seen' });
    expect(file.syncs()).toBe(before + 1);
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'not-seen' });
    const refusal = { state: 'refused', error: { code: 'conflict' } };
    expect(await host.invoke(message, 'held')).toMatchObject(refusal);
    expect(await (await start([skill])).host.invoke(message, 'held')).toMatchObject(refusal);
    expect(world.lines()).toEqual([]);
  });

  it('the message arriving while the fence is being written does not run', async () => {
    const file = watchedFile();
    const { skill } = held();
    const { host } = await start([skill], { open: file.open });
    const message = invocation(skill, 'x');
    const syncing = gate();
    const go = gate();
    file.aroundSync(async (sync) => {
      syncing.open();
      await go.opened;
      await sync();
    });
    const asked = host.status(message.id);
    await syncing.opened;
    expect(await host.invoke(message, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
    go.open();
    expect(await asked).toMatchObject({ state: 'not-seen' });
  });

  it('does not answer when the fence is not on the disk', async () => {
    const file = watchedFile();
    const { skill } = held();
    const { host } = await start([skill], { open: file.open });
    const id = invocationId('0197a000-0000-7000-8000-000000000001', 1, 1);
    file.roomFor(5);
    for (const _ of [1, 2]) await expect(host.status(id)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(host.cancel(id)).rejects.toMatchObject({ code: 'unavailable' });
    file.roomFor(undefined);
    expect(await host.status(id)).toMatchObject({ state: 'not-seen' });
  });
});

describe('R9: limits', () => {
  it('runs as many as it may, lets 64 wait, and refuses the next', async () => {
    const { skill, end } = held();
    const { host } = await start([skill], { concurrency: 2 });
    const replies = Array.from({ length: 70 }, (_, index) => host.invoke(invocation(skill, String(index)), 'held'));
    const over = await Promise.all(replies.slice(66));
    expect(over).toMatchObject(Array(4).fill({ state: 'refused', error: { code: 'overloaded' } }));
    expect(host.running).toBe(66);
    end();
    expect((await Promise.all(replies.slice(0, 66))).every(({ state }) => state === 'done')).toBe(true);
    expect(world.lines()).toHaveLength(66);
    expect(host.running).toBe(0);
  });

  it('an output past its limit is refused, never cut; its text is cut, and says so', async () => {
    const large = testSkill('large', async () => ({ text: 'x'.repeat(200_000) }));
    const wordy = testSkill('wordy', async () => ({ text: 'x' }), { say: () => '😀'.repeat(30_000) });
    const { host } = await start([large, wordy]);
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
    const { host } = await start([skill]);
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
    const { host } = await start([skill]);
    const failed = { state: 'failed', error: { code: 'internal' } };
    expect(await host.invoke(invocation(skill, 'x'), 'broken')).toMatchObject(failed);
  });

  it('a `say` that throws is replaced by the title', async () => {
    const skill = testSkill('mute', async (_, { text }) => ({ text }), {
      say() {
        throw new Error('no words');
      },
    });
    const { host } = await start([skill]);
    expect(await host.invoke(invocation(skill, 'x'), 'mute')).toMatchObject({ state: 'done', text: 'Test mute' });
  });
});

describe('F10: a full disk', () => {
  it('refuses before the effect, still answers safe skills, and works again when there is space', async () => {
    const file = watchedFile();
    const skills = repeatSkills(world);
    const [safe, , , once] = skills;
    if (safe === undefined || once === undefined) throw new Error('no skill');
    const { host } = await start(skills, { open: file.open });
    file.roomFor(10);
    const refusedOne = invocation(once, 'x');
    const refusal = { state: 'refused', error: { code: 'unavailable' } };
    expect(await host.invoke(refusedOne, 'once')).toMatchObject(refusal);
    expect((await host.invoke(invocation(safe, 'x'), 'safe')).state).toBe('done');
    expect(world.lines()).toEqual([]);
    file.roomFor(undefined);
    expect(await host.invoke(refusedOne, 'once'), 'never under this id').toMatchObject({ state: 'refused' });
    expect((await host.invoke(invocation(once, 'y'), 'once')).state).toBe('done');
    expect(world.lines()).toEqual(['y']);
  });

  it('that is full after the effect does not make it forget what it did', async () => {
    const file = watchedFile();
    const { skill, begun, end } = held();
    const { host } = await start([skill], { open: file.open });
    const message = invocation(skill, 'x');
    const reply = host.invoke(message, 'held');
    await begun;
    file.roomFor(0);
    end();
    expect((await reply).state).toBe('done');
    expect(await host.status(message.id)).toEqual(await reply);
    expect(await host.invoke(message, 'held')).toEqual(await reply);
    expect(world.lines()).toEqual(['x']);
    expect(await (await start([skill])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
  });

  it('a note that is not on the disk stops the handler before its effect', async () => {
    const file = watchedFile();
    const noting = testSkill('noting', async (ctx, { text }) => {
      file.roomFor(0);
      await ctx.note('before').finally(() => file.roomFor(undefined));
      world.act(String(text));
      return { text };
    });
    const { host } = await start([noting], { open: file.open });
    const failed = { state: 'failed', error: { code: 'unavailable' } };
    expect(await host.invoke(invocation(noting, 'x'), 'noting')).toMatchObject(failed);
    expect(world.lines()).toEqual([]);
  });
});

describe('cancel', () => {
  it('of what never arrived: it never will', async () => {
    const { skill } = held();
    const { host } = await start([skill]);
    const message = invocation(skill, 'x');
    expect(await host.cancel(message.id)).toEqual({ v: 1, id: message.id, ended: true });
    expect(await host.invoke(message, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
  });

  it('of what runs: the signal ends it, and it has failed', async () => {
    const begun = gate();
    const slow = testSkill('slow', (ctx) => {
      begun.open();
      return delay(60_000, { text: '' }, { signal: ctx.signal });
    });
    const { host } = await start([slow]);
    const message = invocation(slow, 'x');
    const reply = host.invoke(message, 'slow');
    await begun.opened;
    expect(await host.cancel(message.id)).toMatchObject({ ended: true });
    expect(await reply).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
    expect(await host.cancel(message.id), 'and again').toMatchObject({ ended: true });
    expect(await host.status(message.id)).toEqual(await reply);
  });

  it('of what does not listen: says that it has not ended, in a second', async () => {
    const { skill, begun, end } = held();
    const { host } = await start([skill]);
    const message = invocation(skill, 'x');
    const reply = host.invoke(message, 'held');
    await begun;
    const before = Date.now();
    expect(await host.cancel(message.id)).toMatchObject({ ended: false });
    expect(Date.now() - before).toBeLessThan(1_500);
    expect(await host.status(message.id)).toMatchObject({ state: 'running' });
    end();
    expect((await reply).state, 'it finished').toBe('done');
  });

  it('of what waits for a slot: it never runs', async () => {
    const { skill, begun, end } = held();
    const { host } = await start([skill], { concurrency: 1 });
    const first = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    const message = invocation(skill, 'y');
    const second = host.invoke(message, 'held');
    expect(await host.cancel(message.id)).toMatchObject({ ended: true });
    expect(await second).toMatchObject({ state: 'refused', error: { code: 'canceled' } });
    end();
    await first;
    expect(world.lines()).toEqual(['x']);
  });
});

describe('F21, R10: drain', () => {
  it('takes nothing new, refuses what waits, and lets finish what runs', async () => {
    const { skill, begun, end } = held();
    const { host } = await start([skill], { concurrency: 1 });
    const running = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    const waiting = host.invoke(invocation(skill, 'y'), 'held');
    const drained = host.drain(5_000);
    const refusal = { state: 'refused', error: { code: 'agent-unavailable' } };
    expect(await waiting).toMatchObject(refusal);
    expect(await host.invoke(invocation(skill, 'z'), 'held')).toMatchObject(refusal);
    end();
    await drained;
    expect((await running).state).toBe('done');
    expect(world.lines()).toEqual(['x']);
  });

  it('cuts off what does not finish: interrupted, whatever its contract', async () => {
    const begun = gate();
    const slow = testSkill(
      'slow',
      (ctx) => {
        begun.open();
        return delay(60_000, { text: '' }, { signal: ctx.signal });
      },
      { repeat: 'idempotent' },
    );
    const { host } = await start([slow]);
    const message = invocation(slow, 'x');
    const reply = host.invoke(message, 'slow');
    await begun.opened;
    await Promise.all([host.drain(10), expect(reply).rejects.toMatchObject({ code: 'outcome-unknown' })]);
    expect(await (await start([slow])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
  });
});
