// The ledger through crashes at every byte, a full disk, a broken disk, and years of use.
import { appendFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashJson, type InvokeReply, invocationId, SwitchboardError } from '@switchboard/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger, type LedgerOptions, noteBytesMax } from '../src/ledger.ts';
import { watchedFile } from './watched-file.ts';

const turn = '0197a000-0000-7000-8000-000000000001';
const id = (step: number, of = turn): string => invocationId(of, step, 1);
const hash = hashJson({});
const deadline = '2030-01-01T00:00:00.000Z';
const done = (of: string, output: Record<string, unknown> = {}): InvokeReply & { state: 'done' } => ({
  v: 1,
  id: of,
  state: 'done',
  output,
  text: 'done',
  artifacts: [],
});

let folder: string;
let path: string;
const opened: Ledger[] = [];

async function openLedger(more: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const ledger = await Ledger.open({ path, instance: 'one', onBroken: fail, onRewriteFailed: fail, ...more });
  opened.push(ledger);
  return ledger;
}

/** Opens it again as the next process would, without having closed it. */
const restart = openLedger;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.jsonl');
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  await rm(folder, { recursive: true });
});

describe('what it remembers', () => {
  it('a start, its note and its end, across a restart', async () => {
    const ledger = await openLedger();
    expect(ledger.look(id(1))).toEqual({ state: 'unseen' });
    await ledger.start(id(1), 'write-file', hash, deadline);
    expect(ledger.look(id(1))).toEqual({ state: 'running', skill: 'write-file', inputHash: hash });
    await ledger.start(id(2), 'write-file', hash, deadline);
    await ledger.note(id(2), { first: 1 });
    await ledger.note(id(2), { sha256: 'abc' });
    await ledger.end(done(id(1), { bytes: 3 }));
    await ledger.fence(id(3));

    for (const after of [ledger, await restart()]) {
      expect(after.look(id(1))).toEqual({ state: 'ended' });
      expect(await after.reply(id(1))).toEqual(done(id(1), { bytes: 3 }));
      expect(after.look(id(3))).toEqual({ state: 'fenced' });
      expect(await after.noted(id(2))).toEqual({ sha256: 'abc' });
      expect(after.damaged).toBe(0);
    }
    expect((await restart()).look(id(2)).state).toBe('interrupted');
  });

  it('refuses a note past its limit, and keeps the one before', async () => {
    const ledger = await openLedger();
    await ledger.start(id(1), 'write-file', hash, deadline);
    await ledger.note(id(1), 'small');
    await expect(ledger.note(id(1), 'x'.repeat(noteBytesMax))).rejects.toMatchObject({ code: 'too-large' });
    expect(await (await restart()).noted(id(1))).toBe('small');
  });
});

describe('F22: a torn last line', () => {
  it('cut at every byte: the id is interrupted, what was before it holds', async () => {
    const ledger = await openLedger();
    await ledger.start(id(1), 'run-command', hash, deadline);
    await ledger.end(done(id(1)));
    await ledger.start(id(2), 'run-command', hash, deadline);
    const before = (await stat(path)).size;
    await ledger.end(done(id(2), { text: 'ä€😀' }));
    const whole = await readFile(path);

    for (let size = before; size < whole.length - 1; size++) {
      await writeFile(path, whole.subarray(0, size));
      const torn = await openLedger();
      expect(torn.damaged, `cut at ${size}`).toBe(size === before ? 0 : 1);
      expect(torn.look(id(2)).state, `cut at ${size}`).toBe('interrupted');
      expect(await torn.reply(id(1))).toEqual(done(id(1)));
      await opened.pop()?.close();
    }
    await writeFile(path, whole.subarray(0, whole.length - 1));
    expect((await openLedger()).look(id(2)), 'only the newline is missing').toEqual({ state: 'ended' });
  });

  it('on a disk too full for the rewrite: the next line starts on a line of its own', async () => {
    const ledger = await openLedger();
    await ledger.start(id(1), 'run-command', hash, deadline);
    await truncate(path, (await stat(path)).size - 10);
    const noRewrite = (file: Parameters<typeof open>[0], ...rest: unknown[]): ReturnType<typeof open> =>
      String(file).endsWith('.new') ? open('/dev/full', 'wx') : open(file, ...(rest as [number, number]));
    const failures: unknown[] = [];
    const torn = await openLedger({ open: noRewrite, onRewriteFailed: (error) => failures.push(error) });
    expect(failures).toHaveLength(1);
    await torn.fence(id(2));
    await torn.fence(id(3));
    const after = await restart();
    expect([1, 2, 3].map((step) => after.look(id(step)).state)).toEqual(['unseen', 'fenced', 'fenced']);
    expect(after.damaged).toBe(1);
  });

  it('garbage, other people’s JSON and endless lines are counted and passed over', async () => {
    const ledger = await openLedger();
    await ledger.start(id(1), 'run-command', hash, deadline);
    await appendFile(path, `\0\0\0\0\n{"t":"started"}\n[]\n${'x'.repeat(5_000_000)}\n`);
    const after = await restart();
    expect(after.damaged).toBeGreaterThanOrEqual(4);
    expect(after.look(id(1)).state).toBe('interrupted');
  });
});

describe('group commit', () => {
  it('every line is synced before it counts, and 32 lines in flight share one sync', async () => {
    const file = watchedFile();
    const ledger = await openLedger({ open: file.open });
    const before = file.syncs();
    await ledger.fence(id(1));
    await ledger.fence(id(2));
    expect(file.syncs() - before).toBe(2);
    await Promise.all(Array.from({ length: 32 }, (_, index) => ledger.fence(id(10 + index))));
    expect(file.syncs() - before).toBe(3);
    await ledger.fence(id(10));
    expect(file.syncs() - before, 'what is fenced already costs nothing').toBe(3);
  });

  it('a line that comes while a sync is under way waits for the next one', async () => {
    const order: string[] = [];
    const file = watchedFile();
    const ledger = await openLedger({ open: file.open });
    let during: (() => void) | undefined;
    file.aroundSync(async (sync) => {
      during?.();
      await sync();
      order.push('synced');
    });
    const late = new Promise<void>((resolve, reject) => {
      during = () => {
        during = undefined;
        ledger.fence(id(2)).then(() => resolve(void order.push('late one answered')), reject);
      };
    });
    await ledger.fence(id(1)).then(() => order.push('first one answered'));
    await late;
    expect(order).toEqual(['synced', 'first one answered', 'synced', 'late one answered']);
  });
});

describe('F10: a full disk', () => {
  it('refuses the start, leaves no torn line, and goes on when there is space', async () => {
    const file = watchedFile();
    const ledger = await openLedger({ open: file.open });
    await ledger.start(id(1), 'run-command', hash, deadline);
    file.roomFor(150);
    await expect(ledger.start(id(2), 'run-command', hash, deadline)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(ledger.fence(id(3))).rejects.toBeInstanceOf(SwitchboardError);
    expect(ledger.look(id(3)), 'refused by this process all the same').toEqual({ state: 'fenced' });
    await ledger.end(done(id(1))).catch(() => undefined);
    expect(ledger.look(id(1)), 'this process knows that it is done').toEqual({ state: 'ended' });
    expect(await ledger.reply(id(1))).toEqual(done(id(1)));

    file.roomFor(undefined);
    await ledger.fence(id(3));
    const after = await restart();
    expect(after.damaged).toBe(0);
    expect([1, 2, 3].map((step) => after.look(id(step)).state)).toEqual(['interrupted', 'unseen', 'fenced']);
  });

  it('a sync that fails breaks the ledger for good', async () => {
    const broken: unknown[] = [];
    const file = watchedFile();
    const ledger = await openLedger({ open: file.open, onBroken: (error) => broken.push(error) });
    file.aroundSync(() => Promise.reject(new Error('EIO')));
    await expect(ledger.fence(id(1))).rejects.toMatchObject({ code: 'unavailable' });
    expect(broken).toHaveLength(1);
    file.aroundSync((sync) => sync());
    await expect(ledger.fence(id(2))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('retention', () => {
  const day = 24 * 60 * 60 * 1000;

  it('after a week an id is forgotten, and the ledger does not say that it has never seen it', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    let now = start;
    const old = `${(start - 1000)
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}-7000-8000-000000000001`;
    const fresh = `${(start + 8 * day)
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}-7000-8000-000000000001`;
    const ledger = await openLedger({ now: () => now });
    await ledger.start(id(1, old), 'run-command', hash, deadline);
    await ledger.end(done(id(1, old)));
    await ledger.start(id(2, old), 'run-command', hash, deadline);
    await ledger.fence(id(3, old));

    now += 6 * day;
    const kept = await restart({ now: () => now });
    expect([1, 2, 3].map((step) => kept.look(id(step, old)).state)).toEqual(['ended', 'interrupted', 'fenced']);
    expect(await kept.reply(id(1, old))).toEqual(done(id(1, old)));

    now += 2 * day;
    const after = await restart({ now: () => now });
    expect([1, 2, 3, 4].map((step) => after.look(id(step, old)).state)).toEqual(Array(4).fill('forgotten'));
    expect(after.look(id(1, fresh)).state).toBe('unseen');
    expect((await restart({ now: () => now })).look(id(1, old)).state, 'and across a restart').toBe('forgotten');
  });

  it('a rewrite under load keeps every line that is in flight', async () => {
    const ledger = await openLedger({ limits: { endedBytesMax: 10 ** 9, rewriteBytesMin: 50_000 } });
    const steps = Array.from({ length: 900 }, (_, index) => index + 1);
    const sizes: number[] = [];
    for (let from = 0; from < steps.length; from += 30) {
      await Promise.all(
        steps.slice(from, from + 30).map(async (step) => {
          await ledger.start(id(step), 'run-command', hash, deadline);
          await ledger.note(id(step), 'x'.repeat(1000));
          await ledger.end(done(id(step), { step }));
        }),
      );
      sizes.push((await stat(path)).size);
    }
    expect(
      sizes.some((size, index) => size < (sizes[index - 1] ?? 0)),
      'it was rewritten',
    ).toBe(true);
    for (const step of steps) expect(await ledger.reply(id(step))).toEqual(done(id(step), { step }));
    const after = await restart();
    expect(steps.every((step) => after.look(id(step)).state === 'ended')).toBe(true);
    expect(await after.reply(id(1))).toEqual(done(id(1), { step: 1 }));
  });

  it('past its size it forgets the oldest ends that are older than an hour, and never what is open or fenced', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const limits = { endedBytesMax: 3_000, rewriteBytesMin: 10 ** 9 };
    const ledger = await openLedger({ now: () => now, limits });
    const old = `${now
      .toString(16)
      .padStart(12, '0')
      .replace(/^(.{8})/, '$1-')}-7000-8000-000000000001`;
    await ledger.start(id(1, old), 'run-command', hash, deadline);
    await ledger.fence(id(2, old));
    const steps = Array.from({ length: 40 }, (_, index) => index + 3);
    for (const step of steps) await ledger.end(done(id(step, old)));
    const states = (of: Ledger): string[] => steps.map((step) => of.look(id(step, old)).state);

    now += 50 * 60 * 1000;
    expect(new Set(states(await restart({ now: () => now, limits })))).toEqual(new Set(['ended']));
    now += 2 * 60 * 60 * 1000;
    const after = await restart({ now: () => now, limits });
    expect([1, 2].map((step) => after.look(id(step, old)).state)).toEqual(['interrupted', 'fenced']);
    expect(states(after)[0]).toBe('forgotten');
    expect(states(after).at(-1)).toBe('ended');
  });
});
