// One Chromium that comes and goes: nothing of it stays behind, and when it is killed the next call has a new one.
import { readFileSync, readlinkSync } from 'node:fs';
import { isAlive, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pidOf } from '../src/chromium/browser-process.ts';
import { type BrowserStage, startBrowserStage } from './browser-stage.ts';
import { descendantsOf } from './processes.ts';

/** More of them take longer, and show the same. */
const sessions = Number(process.env['BROWSER_SESSIONS'] ?? 16);
let stage: BrowserStage;

beforeAll(async () => {
  stage = await startBrowserStage({ idleMs: 300 });
});
afterAll(() => stage.close());

const at = (path: string) => stage.site.url + path;

async function browserPid(): Promise<number> {
  const pid = await pidOf(await stage.browser.process());
  if (pid === undefined) throw new Error('Chromium has no process id');
  return pid;
}

test('does not run before it is needed, and ends when nobody has used it for a while', async () => {
  expect(descendantsOf(process.pid)).toEqual([]);
  await stage.read().read(at('/plain'));
  expect(descendantsOf(process.pid).length).toBeGreaterThan(3);
  await waitUntil('Chromium ends', () => descendantsOf(process.pid).length === 0);
});

test('runs in its own sandbox: pages in other namespaces, behind a filter of system calls', async () => {
  await stage.read('held').open(at('/plain'));
  const renderers = descendantsOf(process.pid).filter(({ pid }) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer'),
  );
  expect(renderers.length).toBeGreaterThan(0);
  for (const { pid } of renderers) {
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
    for (const kind of ['user', 'net', 'pid']) {
      expect(readlinkSync(`/proc/${pid}/ns/${kind}`)).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
    }
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
  }
});

describe('killed in the middle', () => {
  test('of reading: the call says so, and the next one has a new Chromium', async () => {
    await stage.read('reader').read(at('/plain'));
    const pid = await browserPid();
    const run = stage.read('reader').read(at('/silent'));
    await waitUntil('the page is asked for', () => stage.site.requests.at(-1) === 'GET /silent');
    process.kill(pid, 'SIGKILL');
    await expect(run).rejects.toMatchObject({ code: 'unavailable' });
    expect((await stage.read('reader').read(at('/plain'))).title).toBe('Plain');
    expect(await browserPid()).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });

  test('of sending a form: nobody can tell, and it says that', async () => {
    await stage.read('writer').open(at('/order-silent'));
    const pid = await browserPid();
    const run = stage.act('writer').fill([{ field: 'Name', value: 'Anna' }], { submit: true, site: undefined });
    await waitUntil('the form is sent', () => stage.site.requests.at(-1) === 'POST /silent');
    process.kill(pid, 'SIGKILL');
    await expect(run).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  test('while it rests: the page that was open is opened again', async () => {
    await stage.read('rester').open(at('/plain'));
    process.kill(await browserPid(), 'SIGKILL');
    expect(await stage.read('rester').view()).toMatchObject({ title: 'Plain' });
  });
});

test(`${sessions} sessions one after another leave no process and no memory behind`, { timeout: 600_000 }, async () => {
  await waitUntil('Chromium ends', () => descendantsOf(process.pid).length === 0);
  const figures: { processes: number; megabytes: number }[] = [];
  for (let n = 0; n < sessions; n += 1) {
    await stage.read(`session-${n}`).read(at('/article'));
    const all = descendantsOf(process.pid);
    const megabytes = Math.round(all.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 1e6);
    figures.push({ processes: all.length, megabytes });
  }
  // A few sessions rest at any time; what comes after them takes the place of those before.
  const [first, second] = [figures.slice(0, sessions / 2), figures.slice(sessions / 2)];
  const most = (half: typeof figures) => Math.max(...half.map(({ processes }) => processes));
  const least = (half: typeof figures) => Math.min(...half.map(({ megabytes }) => megabytes));
  expect(most(second)).toBeLessThanOrEqual(most(first) + 2);
  expect(least(second)).toBeLessThan(least(first) * 1.5);
  await waitUntil('Chromium ends', () => descendantsOf(process.pid).length === 0);
});
