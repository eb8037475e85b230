// What ends an invocation before its time: its deadline, a person, the end of the agent.
import { describe, expect, it } from 'vitest';
import { invocation } from './invocations.ts';
import { hostBench } from './test-host.ts';
import { gate, testSkill, untilCutOff } from './test-skills.ts';
import { watchedFile } from './watched-file.ts';

const bench = hostBench();

describe('F06: too late is not at all', () => {
  it('past its deadline it is refused, for good', async () => {
    const { skill } = bench.held();
    const { host } = await bench.start([skill]);
    const late = invocation(skill, 'x', { deadline: new Date(Date.now() - 1).toISOString() });
    expect(await host.invoke(late, 'held')).toMatchObject({ state: 'refused', error: { code: 'deadline-exceeded' } });
    const again = { ...late, deadline: new Date(Date.now() + 10_000).toISOString() };
    expect(await host.invoke(again, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
  });

  it('when the process was stopped during its own start: nothing is done', async () => {
    const file = watchedFile();
    let now = Date.now();
    const once = bench.acting('once');
    const { host } = await bench.start([once], { now: () => now, open: file.open });
    file.aroundSync(async (sync) => {
      now += 120_000;
      await sync();
    });
    const message = invocation(once, 'x');
    const reply = await host.invoke(message, 'once');
    expect(reply).toMatchObject({ state: 'failed', error: { code: 'deadline-exceeded' } });
    expect(await (await bench.start([once])).host.status(message.id)).toEqual(reply);
    expect(bench.world().lines()).toEqual([]);
  });

  it('when it waited too long for a slot', async () => {
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill], { concurrency: 1 });
    const first = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    const second = invocation(skill, 'y', { deadline: new Date(Date.now() + 50).toISOString() });
    expect(await host.invoke(second, 'held')).toMatchObject({ state: 'refused', error: { code: 'deadline-exceeded' } });
    end();
    expect((await first).state).toBe('done');
    expect(bench.world().lines()).toEqual(['x']);
  });

  it.each(['safe', 'idempotent', 'reconcilable', 'once'] as const)(
    'when a %s handler runs out of time, it is failed or interrupted as its contract allows',
    async (repeat) => {
      const more = { repeat, timeoutMs: 30, reconcile: async () => ({ outcome: 'unknown' as const }) };
      const slow = testSkill('slow', (ctx) => untilCutOff(ctx), more);
      const { host } = await bench.start([slow]);
      const message = invocation(slow, 'x');
      if (repeat === 'safe' || repeat === 'idempotent') {
        const failed = { state: 'failed', error: { code: 'deadline-exceeded' } };
        expect(await host.invoke(message, 'slow')).toMatchObject(failed);
      } else {
        await expect(host.invoke(message, 'slow')).rejects.toMatchObject({ code: 'outcome-unknown' });
        expect(await host.status(message.id)).toMatchObject({ state: 'interrupted' });
        await expect(host.invoke(message, 'slow')).rejects.toMatchObject({ code: 'outcome-unknown' });
        expect(await (await bench.start([slow])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
      }
    },
  );

  it('a handler that finishes although its time is over has finished', async () => {
    const late = testSkill(
      'late',
      async (ctx, { text }) => {
        await untilCutOff(ctx).catch(() => bench.world().act(String(text)));
        return { text };
      },
      { timeoutMs: 20 },
    );
    const { host } = await bench.start([late]);
    expect((await host.invoke(invocation(late, 'x'), 'late')).state).toBe('done');
    expect(bench.world().lines()).toEqual(['x']);
  });
});

describe('cancel', () => {
  it('of what never arrived: it never will', async () => {
    const { skill } = bench.held();
    const { host } = await bench.start([skill]);
    const message = invocation(skill, 'x');
    expect(await host.cancel(message.id)).toEqual({ v: 1, id: message.id, ended: true });
    expect(await host.invoke(message, 'held')).toMatchObject({ state: 'refused', error: { code: 'conflict' } });
  });

  it('of what runs: the signal ends it, and it has failed', async () => {
    const begun = gate();
    const slow = testSkill('slow', (ctx) => {
      begun.open();
      return untilCutOff(ctx);
    });
    const { host } = await bench.start([slow]);
    const message = invocation(slow, 'x');
    const reply = host.invoke(message, 'slow');
    await begun.opened;
    expect(await host.cancel(message.id)).toMatchObject({ ended: true });
    expect(await reply).toMatchObject({ state: 'failed', error: { code: 'canceled' } });
    expect(await host.cancel(message.id), 'and again').toMatchObject({ ended: true });
    expect(await host.status(message.id)).toEqual(await reply);
  });

  it('of what does not listen: says that it has not ended, in a second', async () => {
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill]);
    const message = invocation(skill, 'x');
    const reply = host.invoke(message, 'held');
    await begun;
    const before = Date.now();
    expect(await host.cancel(message.id)).toMatchObject({ ended: false });
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(await host.status(message.id)).toMatchObject({ state: 'running' });
    end();
    expect((await reply).state, 'it finished').toBe('done');
  });

  it('of what waits for a slot: it never runs', async () => {
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill], { concurrency: 1 });
    const first = host.invoke(invocation(skill, 'x'), 'held');
    await begun;
    const message = invocation(skill, 'y');
    const second = host.invoke(message, 'held');
    expect(await host.cancel(message.id)).toMatchObject({ ended: true });
    expect(await second).toMatchObject({ state: 'refused', error: { code: 'canceled' } });
    end();
    await first;
    expect(bench.world().lines()).toEqual(['x']);
  });
});

describe('F21, R10: drain', () => {
  it('takes nothing new, refuses what waits, and lets finish what runs', async () => {
    const { skill, begun, end } = bench.held();
    const { host } = await bench.start([skill], { concurrency: 1 });
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
    expect(bench.world().lines()).toEqual(['x']);
  });

  it('cuts off what does not finish: interrupted, whatever its contract', async () => {
    const begun = gate();
    const slow = testSkill(
      'slow',
      (ctx) => {
        begun.open();
        return untilCutOff(ctx);
      },
      { repeat: 'idempotent' },
    );
    const { host } = await bench.start([slow]);
    const message = invocation(slow, 'x');
    const reply = host.invoke(message, 'slow');
    await begun.opened;
    await Promise.all([host.drain(10), expect(reply).rejects.toMatchObject({ code: 'outcome-unknown' })]);
    expect(await (await bench.start([slow])).host.status(message.id)).toMatchObject({ state: 'interrupted' });
  });
});
