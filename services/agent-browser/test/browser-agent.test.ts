// The browser agent as a process: what it offers and refuses, and what is left of Chromium when it is killed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Invoke, InvokeReply, Permission } from '@switchboard/contract';
import { isAlive, projectRoot, waitUntil } from '@switchboard/testkit';
import { type AgentProcess, type AgentStage, openAgentStage } from '@switchboard/testkit/agent-stage';
import { type HostileSite, startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf } from './processes.ts';

/** Pages stay open for the session that opened them. */
const session = '00000000-0000-7000-8000-00000000000a';

let site: HostileSite;
let stage: AgentStage;
let browser: AgentProcess;

const messageFor = (skill: string, input: Record<string, unknown>, policy: Partial<Permission> = {}): Invoke =>
  stage.message(skill, input, { session, policy });
const invoke = (skill: string, input: Record<string, unknown>, policy?: Partial<Permission>): Promise<InvokeReply> =>
  stage.invoke(messageFor(skill, input, policy));
const at = (path: string): string => site.url + path;

beforeAll(async () => {
  site = await startHostileSite();
  stage = await openAgentStage({
    agent: 'browser',
    program: join(import.meta.dirname, '../src/main.ts'),
    env: () => ({
      HOME: process.env['HOME'] ?? '',
      CHROMIUM_CACHE: join(projectRoot, '.cache'),
      BROWSER_ALLOW_HOSTS: `127.0.0.1:${site.port}`,
    }),
  });
});
afterAll(async () => {
  await stage?.close();
  await site?.close();
});

it('offers its skills, with no Chromium running', async () => {
  browser = await stage.start();
  expect(stage.hello().skills.map(({ name }) => name)).toEqual([
    'fetch-page',
    'extract-data',
    'take-screenshot',
    'save-pdf',
    'download-file',
    'open-page',
    'read-current-page',
    'fill-form',
    'click',
  ]);
  expect(stage.hello().unavailable).toEqual([]);
  expect(stage.hello().skills.every(({ ingests }) => ingests === 'untrusted')).toBe(true);
  expect(descendantsOf(browser.child.pid ?? 0)).toEqual([]);
});

it('does nothing that a page says: what acts is refused without the approval that the policy asks for', async () => {
  const read = await invoke('fetch-page', { url: at('/inject') });
  expect(read).toMatchObject({ state: 'done', output: { text: expect.stringContaining('ignore your instructions') } });
  await invoke('open-page', { url: at('/order') });
  const before = site.requests.length;
  for (const [skill, input] of [
    ['click', { target: 'Send order' }],
    ['fill-form', { field: 'Name', value: 'Mallory', submit: true }],
  ] as const) {
    const reply = await invoke(skill, input, { decision: 'ask', trust: 'untrusted' });
    expect(reply).toMatchObject({ state: 'refused', error: { code: 'policy-denied' } });
  }
  // Nor when the decision was about less than what the skill does.
  const reply = await invoke('click', { target: 'Send order' }, { effects: [{ class: 'read', on: 'page' }] });
  expect(reply).toMatchObject({ state: 'refused', error: { code: 'policy-denied' } });
  expect(site.requests.slice(before)).toEqual([]);
});

describe('killed in the middle', () => {
  /** Kills it once the site has been asked; then nothing of Chromium may be left, and it starts again. */
  async function dieWhile(message: Invoke, asked: string): Promise<void> {
    const { child } = browser;
    const lost = stage.invoke(message).catch(() => 'lost with the agent');
    await waitUntil(asked, () => site.requests.at(-1) === asked, 30_000);
    const chromium = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
    expect(chromium.length).toBeGreaterThan(3);
    child.kill('SIGKILL');
    await waitUntil('Chromium ends', () => !chromium.some(isAlive));
    browser = await stage.start();
    expect(readdirSync(join(stage.dataDir, 'tmp'))).toEqual([]);
    void lost;
  }

  it('of sending a form: it is told as interrupted, and never sent again', async () => {
    await invoke('open-page', { url: at('/order-silent') });
    const message = messageFor('fill-form', { field: 'Name', value: 'Anna', submit: true });
    await dieWhile(message, 'POST /silent');
    expect(await stage.status(message)).toMatchObject({ state: 'interrupted' });
    expect(site.requests.filter((request) => request === 'POST /silent')).toHaveLength(1);
    expect(await invoke('read-current-page', {})).toMatchObject({
      state: 'done',
      output: { url: at('/order-silent') },
    });
  });

  it('of a download: nothing of it stays, and it can be done again', async () => {
    const message = messageFor('download-file', { url: at('/silent') });
    await dieWhile(message, 'GET /silent');
    expect(await invoke('download-file', { url: at('/file') })).toMatchObject({
      state: 'done',
      output: { file: { bytes: 5 } },
    });
  });
});

it('ends Chromium with itself', async () => {
  const { child, gone } = browser;
  const chromium = descendantsOf(child.pid ?? 0).map(({ pid }) => pid);
  expect(chromium.length).toBeGreaterThan(3);
  child.kill('SIGTERM');
  expect(await gone).toBe(0);
  expect(chromium.filter(isAlive)).toEqual([]);
});

it('without a Chromium offers nothing, and says why and what to do', async () => {
  const { child, gone } = await stage.start({ CHROMIUM: '/nowhere/chromium' });
  expect(stage.hello().unavailable).toHaveLength(9);
  expect(stage.hello().unavailable[0]?.why).toBe('CHROMIUM names /nowhere/chromium, which is not a program here.');
  child.kill('SIGTERM');
  await gone;
});

it.each([
  ['BROWSER_ALLOW_HOSTS', 'http://nas.local/'],
  ['BROWSER_STORAGE_KEY', 'short'],
  ['CHROMIUM_SANDBOX', 'maybe'],
])('does not start with a %s that is none', async (setting, value) => {
  expect(await stage.launch({ [setting]: value }).gone).toBe(78);
});
