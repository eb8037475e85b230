// What a host promises when something is in doubt: fences, and a disk that is full.
import { invocationId, SwitchboardError } from '@switchboard/contract';
import { describe, expect, it } from 'vitest';
import { invocation } from './invocations.ts';
import { hostBench } from './test-host.ts';
import { gate, testSkill } from './test-skills.ts';
import { watchedFile } from './watched-file.ts';

const bench = hostBench();

describe('R4: asking what became of it', () => {
  it('fences an id that never arrived, on the disk before the answer, and the late message does not run', async () => {
    const file = watchedFile();
    const { skill } = bench.held();
    const { host } = await bench.start([skill], { open: file.open });
    const message = invocation(skill, 'x');
    const before = file.syncs();
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'not-seen' });
    expect(file.syncs()).toBe(before + 1);
    expect(await host.status(message.id)).toEqual({ v: 1, id: message.id, state: 'not-seen' });
    const refusal = { state: 'refused', error: { code: 'conflict' } };
    expect(await host.invoke(message, 'held')).toMatchObject(refusal);
    expect(await (await bench.start([skill])).host.invoke(message, 'held')).toMatchObject(refusal);
    expect(bench.world().lines()).toEqual([]);
  });

  it('the message arriving while the fence is being written does not run', async () => {
    const file = watchedFile();
    const { skill } = bench.held();
    const { host } = await bench.start([skill], { open: file.open });
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
    const { skill } = bench.held();
    const { host } = await bench.start([skill], { open: file.open });
    const id = invocationId('0197a000-0000-7000-8000-000000000001', 1, 1);
    file.roomFor(5);
    for (const _ of [1, 2]) await expect(host.status(id)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(host.cancel(id)).rejects.toMatchObject({ code: 'unavailable' });
    file.roomFor(undefined);
    expect(await host.status(id)).toMatchObject({ state: 'not-seen' });
  });
});

describe('F10: a full disk', () => {
  it('refuses before the effect, still answers safe skills, and works again when there is space', async () => {
    const file = watchedFile();
    const [safe, once] = [bench.acting('safe'), bench.acting('once')];
    const { host } = await bench.start([safe, once], { open: file.open });
    file.roomFor(10);
    const refusedOne = invocation(once, 'x');
    const refusal = { state: 'refused', error: { code: 'unavailable' } };
    expect(await host.invoke(refusedOne, 'once')).toMatchObject(refusal);
    expect((await host.invoke(invocation(safe, 'x'), 'safe')).state).toBe('done');
    expect(bench.world().lines()).toEqual([]);
    file.roomFor(undefined);
    expect(await host.invoke(refusedOne, 'once'), 'never under this id').toMatchObject({ state: 'refused' });
    expect((await host.invoke(invocation(once, 'y'), 'once')).state).toBe('done');
    expect(bench.world().lines()).toEqual(['y']);
  });

  it('that is full after the effect does not make it forget what it did', async () => {
    const file = watchedFile();
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill], { open: file.open });
    const message = invocation(skill, 'x');
    const reply = host.invoke(message, 'held');
    await begun;
    file.roomFor(0);
    end();
    expect((await reply).state).toBe('done');
    expect(await host.status(message.id)).toEqual(await reply);
    expect(await host.invoke(message, 'held')).toEqual(await reply);
    expect(bench.world().lines()).toEqual(['x']);
    expect(await (await bench.start([skill])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
  });

  it('a note that is not on the disk stops the handler before its effect', async () => {
    const file = watchedFile();
    const noting = testSkill('noting', async (ctx, { text }) => {
      file.roomFor(0);
      await ctx.note('before').finally(() => file.roomFor(undefined));
      bench.world().act(String(text));
      return { text };
    });
    const { host } = await bench.start([noting], { open: file.open });
    const failed = { state: 'failed', error: { code: 'unavailable' } };
    expect(await host.invoke(invocation(noting, 'x'), 'noting')).toMatchObject(failed);
    expect(bench.world().lines()).toEqual([]);
  });
});

describe('a handler that says that nobody can tell', () => {
  it.each(['once', 'reconcilable'] as const)('is interrupted, and never run again: %s', async (repeat) => {
    const world = bench.world();
    const run = async (): Promise<never> => {
      world.act('sent');
      throw new SwitchboardError('outcome-unknown', 'The server went away');
    };
    const reconcile = repeat === 'reconcilable' && { reconcile: async () => ({ outcome: 'unknown' as const }) };
    const skill = testSkill('doubtful', run, { repeat, ...reconcile });
    const { host } = await bench.start([skill]);
    const message = invocation(skill, 'x');
    for (const _ of [1, 2]) {
      await expect(host.invoke(message, 'doubtful')).rejects.toMatchObject({ code: 'outcome-unknown' });
      expect(await host.status(message.id)).toMatchObject({ state: 'interrupted' });
    }
    expect(world.lines()).toEqual(['sent']);
  });
});
