// The workstation as a process: what it offers, what it does for a signed message, and which settings it refuses.
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvokeReply } from '@switchboard/contract';
import { type AgentStage, openAgentStage } from '@switchboard/testkit/agent-stage';
import { afterAll, beforeAll, expect, it } from 'vitest';

let stage: AgentStage;
beforeAll(async () => {
  stage = await openAgentStage({
    agent: 'workstation',
    program: join(import.meta.dirname, '../src/main.ts'),
    env: (folder) => ({ WORKSPACE: join(folder, 'workspace') }),
  });
  await stage.start();
});
afterAll(() => stage?.close());

function invoke(skill: string, input: Record<string, unknown>): Promise<InvokeReply> {
  return stage.invoke(stage.message(skill, input));
}

it('offers what it can do here, and says of the rest why not', () => {
  const offered = stage.hello().skills.map(({ name }) => name);
  expect(offered).toEqual(expect.arrayContaining(['list-files', 'read-file', 'write-file', 'delete-file']));
  for (const { why } of stage.hello().unavailable) expect(why).toContain('sandbox');
});

it('writes a file that is asked for, once it is signed', async () => {
  const reply = await invoke('write-file', { path: 'notes/todo.txt', text: 'buy milk' });
  expect(reply).toMatchObject({ state: 'done' });
  expect(await readFile(join(stage.folder, 'workspace/notes/todo.txt'), 'utf8')).toBe('buy milk');
});

it('refuses to leave its workspace', async () => {
  await symlink(stage.folder, join(stage.folder, 'workspace/out'));
  for (const path of ['../data/ledger.jsonl', 'out/data/ledger.jsonl', join(stage.folder, 'data/ledger.jsonl')]) {
    expect(await invoke('read-file', { path })).toMatchObject({ state: 'failed', error: { reason: 'path-escapes' } });
  }
});

it.each([
  ['a workspace that holds the ledger', { WORKSPACE: '.' }, 'must not lie in one another'],
  ['a ledger that holds the workspace', { DATA_DIR: '.' }, 'must not lie in one another'],
  ['no key of the gateway', { GATEWAY_PUBLIC_KEY: '' }, 'GATEWAY_PUBLIC_KEY'],
  ['too many at a time', { CONCURRENCY: '65' }, 'CONCURRENCY'],
])('refuses %s, in one line', async (_, wrong, says) => {
  await mkdir(join(stage.folder, 'workspace'), { recursive: true });
  const absolute = Object.entries(wrong).map(([name, value]) => [name, value === '.' ? stage.folder : value]);
  const refused = stage.launch(Object.fromEntries(absolute));
  expect(await refused.gone).toBe(78);
  expect(refused.log().trim().split('\n')).toHaveLength(1);
  expect(refused.log()).toContain(says);
});
