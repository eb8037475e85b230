// The small parts of a host: slots, cut-offs, what can be hosted, who may hold a folder.
import { type Skill, SwitchboardError } from '@switchboard/contract';
import { tempFolder } from '@switchboard/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCall, settlesIn } from '../src/call.ts';
import { FolderTakenError, lockFolder } from '../src/folder-lock.ts';
import { hostSkills } from '../src/hosted-skills.ts';
import { createSlots } from '../src/slots.ts';
import { repeatSkills, shellAdapter, testSkill, worldAt } from './test-skills.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('are given first come first served, and given back once', async () => {
    const slots = createSlots(1, 2);
    const order: string[] = [];
    const first = await slots.take(never);
    const waiting = async (name: string): Promise<() => void> => {
      const release = await slots.take(never);
      order.push(name);
      return release;
    };
    const second = waiting('second');
    const third = waiting('third');
    await expect(slots.take(never)).rejects.toMatchObject({ code: 'overloaded' });
    first();
    first();
    const release = await second;
    await new Promise(setImmediate);
    expect(order).toEqual(['second']);
    release();
    (await third)();
    expect(order).toEqual(['second', 'third']);
    (await slots.take(never))();
  });

  it('whoever leaves the queue does not get one, and does not keep one from others', async () => {
    const slots = createSlots(1, 5);
    const release = await slots.take(never);
    const stop = new AbortController();
    const leaving = slots.take(stop.signal);
    const staying = slots.take(never);
    stop.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    await expect(slots.take(stop.signal)).rejects.toThrow('left');
    release();
    (await staying)();
  });

  it('once closed nobody gets one', async () => {
    const slots = createSlots(1, 5);
    const release = await slots.take(never);
    const waiting = slots.take(never);
    slots.close(new SwitchboardError('agent-unavailable', 'ending'));
    await expect(waiting).rejects.toMatchObject({ code: 'agent-unavailable' });
    release();
    await expect(slots.take(never)).rejects.toMatchObject({ code: 'agent-unavailable' });
  });
});

describe('a call', () => {
  afterEach(() => vi.useRealTimers());

  it('that does not end ten seconds after it was cut off is stuck', () => {
    vi.useFakeTimers();
    const stuck = vi.fn();
    const call = createCall(stuck);
    call.endIn(1_000);
    vi.advanceTimersByTime(1_000);
    expect(call.signal.reason).toMatchObject({ code: 'deadline-exceeded' });
    vi.advanceTimersByTime(9_999);
    expect(stuck).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(stuck).toHaveBeenCalledOnce();
  });

  it('keeps the first reason, and is never stuck when it has settled', () => {
    vi.useFakeTimers();
    const stuck = vi.fn();
    const call = createCall(stuck);
    call.cutOff('canceled', 'first');
    call.cutOff('unavailable', 'second');
    expect(call.signal.reason).toMatchObject({ code: 'canceled', message: 'first' });
    call.settle();
    vi.advanceTimersByTime(60_000);
    expect(stuck).not.toHaveBeenCalled();
  });

  it('settlesIn tells in time, and never throws', async () => {
    expect(await settlesIn(Promise.resolve(), 1_000)).toBe(true);
    expect(await settlesIn(Promise.reject(new Error('no')), 1_000)).toBe(true);
    expect(await settlesIn(new Promise(() => undefined), 10)).toBe(false);
  });
});

describe('hosting', () => {
  const skills = repeatSkills(worldAt(''));
  const names = (of: ReturnType<typeof hostSkills>): string[] => [...of.byName.keys()];

  it('offers what it has the capabilities for, and says why not of the rest', () => {
    expect(names(hostSkills(skills, shellAdapter))).toEqual(['safe', 'idempotent', 'reconcilable', 'once']);
    const bare = hostSkills(skills, {});
    expect(names(bare)).toEqual(['safe']);
    expect(bare.unavailable).toContainEqual({ skill: 'once', why: 'this agent has no execute on shell' });
    const known = [{ skill: 'once', why: 'the sandbox does not hold' }];
    const probed = hostSkills(skills, shellAdapter, known);
    expect([names(probed), probed.unavailable]).toEqual([['safe', 'idempotent', 'reconcilable'], known]);
  });

  it('refuses two of one name, and a reconcilable one that cannot look', () => {
    const skill = (): Skill => testSkill('same', async () => ({ text: '' }));
    expect(() => hostSkills([skill(), skill()], {})).toThrow('two skills are named same');
    const blind = testSkill('blind', async () => ({ text: '' }), { repeat: 'reconcilable' });
    expect(() => hostSkills([blind], {})).toThrow('blind is reconcilable and has no reconcile');
  });
});

it('a folder is held by one at a time', async () => {
  const folder = await tempFolder();
  const unlock = await lockFolder(folder.path);
  await expect(lockFolder(folder.path)).rejects.toBeInstanceOf(FolderTakenError);
  unlock();
  (await lockFolder(folder.path))();
  await folder.remove();
});
