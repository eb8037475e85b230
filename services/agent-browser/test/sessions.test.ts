// A session lasts over calls, and over the end of the browser and of the agent; no other session sees anything of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '@switchboard/service';
import { projectRoot } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllowedHosts } from '../src/egress/allowed-hosts.ts';
import { createBrowser } from '../src/page/create-browser.ts';
import { type BrowserStage, startBrowserStage } from './browser-stage.ts';

let stage: BrowserStage;
beforeAll(async () => {
  stage = await startBrowserStage();
});
afterAll(() => stage.close());

const at = (path: string) => stage.site.url + path;
const login = [
  { field: 'User', value: 'anna' },
  { field: 'Password', value: 'canary-92bd' },
];

test('a login lasts, for this session alone, encrypted on disk', async () => {
  const opened = await stage.read('anna').open(at('/members'));
  expect(opened).toMatchObject({ title: 'Log in', asksForPassword: true });
  const inside = await stage.act('anna').fill(login, { submit: true, site: `127.0.0.1:${stage.site.port}` });
  expect(inside).toMatchObject({ title: 'Members', asksForPassword: false });
  expect((await stage.read('anna').read(at('/members'))).text).toContain('Members only');
  await expect(stage.read('bert').read(at('/members'))).rejects.toMatchObject({ reason: 'login-needed' });
  const storage = join(stage.folder.path, 'storage');
  const files = readdirSync(storage).map((name) => readFileSync(join(storage, name)).toString('latin1'));
  expect(files.length).toBeGreaterThan(0);
  expect(files.join('')).not.toMatch(/member|canary/);

  // Another process with the same folder knows it too: the agent has been started again.
  const again = await createBrowser({
    locate: { configured: undefined, cacheDir: join(projectRoot, '.cache') },
    sandbox: true,
    allowed: parseAllowedHosts(`127.0.0.1:${stage.site.port}`),
    dataDir: stage.folder.path,
    storageKey: undefined,
    log: createLog('browser', 'silent'),
  });
  const scope = { invocationId: 'x', session: 'anna', signal: new AbortController().signal, deadline: new Date() };
  expect(await again.adapter.read(scope).view()).toMatchObject({ title: 'Members', url: at('/members') });
  await again.close();
});

test('a password that is typed in is not told again', async () => {
  await stage.read('carl').open(at('/login'));
  const view = await stage.act('carl').fill(login, { submit: false, site: undefined });
  expect(JSON.stringify(view)).not.toContain('canary');
  expect(view.controls.find(({ name }) => name === 'User')).toEqual({ role: 'textbox', name: 'User', value: 'anna' });
});

test('calls of one session come one after another, those of several at the same time', async () => {
  const pages = ['/plain', '/article', '/order'];
  const one = await Promise.all(pages.map((page) => stage.read('dora').open(at(page))));
  expect(one.map(({ title }) => title)).toEqual(['Plain', 'The well', 'Order']);
  expect((await stage.read('dora').view()).title).toBe('Order');
  const several = await Promise.all(pages.map((page, n) => stage.read(`many-${n}`).read(at(page))));
  expect(several.map(({ title }) => title)).toEqual(['Plain', 'The well', 'Order']);
});
