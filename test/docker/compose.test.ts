// The deployment as it starts: from nothing to an answer, and with the same keys ever after.
import { beforeAll, expect, inject, test } from 'vitest';
import type { Client } from '../../scripts/client/client.ts';
import { firstTurn } from './stack/first-turn.ts';
import { openStack } from './stack/stack.ts';

const stack = openStack(inject('shared'));
let client: Client;
beforeAll(async () => {
  client = await stack.client();
});

test('from nothing to the answer of a first turn', async () => {
  expect(await firstTurn(client)).toContain('buy milk');
  const seconds = inject('firstTurnSeconds');
  console.log(`from up to the first answered turn: ${seconds.toFixed(1)} s`);
  // The figure to reach is 20 on a machine that does nothing else.
  expect(seconds).toBeLessThan(60);
});

test('a second up changes nothing that runs, and no key', async () => {
  const running = (): Promise<string> => stack.compose(['ps', '--format', '{{.ID}} {{.Service}}']);
  const key = (): Promise<string> => stack.compose(['run', '--rm', '-T', 'operator', 'key']);
  const before = [await running(), await key()];
  await stack.up();
  expect([await running(), await key()]).toEqual(before);
});

test('the key was shown once, by a container whose output is kept nowhere', async () => {
  const logs = await stack.tryCompose(['logs', 'welcome']);
  expect(logs.stdout + logs.stderr).not.toMatch(/sb_[0-9a-f]{16}/);
  const again = await stack.compose(['run', '--rm', '-T', '--no-deps', 'welcome']);
  expect(again).toContain(`Switchboard is ready at http://127.0.0.1:${stack.port}`);
  expect(again).not.toMatch(/sb_[0-9a-f]{16}/);
});

test('the doctor finds nothing wrong', async () => {
  const { code, stdout } = await stack.tryCompose(['run', '--rm', '-T', 'operator', 'doctor']);
  expect(stdout.split('\n').filter((line) => line.includes('✗'))).toEqual([]);
  expect(code).toBe(0);
});

test('the whole is stopped and started again, and knows what it knew', async () => {
  const session = await client.homeSession();
  await stack.compose(['down', '--timeout', '30']);
  await stack.up();
  client = await stack.client();
  expect(await client.homeSession()).toBe(session);
  expect((await client.say(session, 'read first.txt')).output?.text).toContain('buy milk');
});
