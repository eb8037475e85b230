// Policy as an operator meets it: a file in the home that counts as soon as it is saved, and dry runs that leave no trace.
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultPolicyText } from '../../services/gateway/src/policy/default-policy.ts';
import { type Talk, talkTo } from './talk.ts';

let folder: TempFolder;
let system: System;
let talk: Talk;
let policyFile: string;
beforeAll(async () => {
  folder = await tempFolder();
  system = await startSystem({ home: join(folder.path, 'home') });
  talk = await talkTo(system);
  policyFile = join(system.home, 'policy.yaml');
});
afterAll(async () => {
  await system?.close();
  await folder?.remove();
});

/** Everything in a folder, with what it holds and when it was last changed. */
function contents(path: string): string[] {
  return globSync('**', { cwd: path })
    .toSorted()
    .map((name) => {
      const { mtimeMs, mode } = statSync(join(path, name));
      const held = statSync(join(path, name)).isFile() ? readFileSync(join(path, name)).toString('base64') : '';
      return `${name} ${mode} ${mtimeMs} ${held}`;
    });
}
const openApprovals = async (): Promise<number> => {
  const { approvals } = (await (await system.call('GET', '/v1/approvals')).json()) as { approvals: unknown[] };
  return approvals.length;
};

test('the first start writes the default, for its owner only', () => {
  expect(readFileSync(policyFile, 'utf8')).toBe(defaultPolicyText);
  expect(statSync(policyFile).mode & 0o777).toBe(0o600);
});

test.each([
  ['delete-file', 'delete keep.txt', 'ask', 'ask-before-it-counts'],
  ['write-file', 'write more to keep.txt', 'allow', 'look-and-write'],
])('a dry run of %s shows step and decision, and changes nothing anywhere', async (skill, words, decision, rule) => {
  await talk.say('write keep me to keep.txt');
  const before = [contents(system.workspace), contents(join(system.home, 'workstation')), await openApprovals()];
  const turn = await talk.say(words, { dryRun: true });
  expect(turn).toMatchObject({
    state: 'completed',
    dryRun: true,
    steps: [],
    output: { data: { steps: [{ agent: 'workstation', skill, input: { path: 'keep.txt' }, decision, rule }] } },
  });
  expect([contents(system.workspace), contents(join(system.home, 'workstation')), await openApprovals()]).toEqual(
    before,
  );
});

test('what the operator forbids is not done from the moment on that the file is saved', async () => {
  const rule = '  - { rule: hands-off, skill: write-file, decide: deny }\n';
  writeFileSync(policyFile, `${defaultPolicyText}${rule}`);
  await waitUntil('the rule', async () => {
    const skill = (await (await system.call('GET', '/v1/skills/write-file')).json()) as { policy: string };
    return skill.policy === 'deny';
  });
  const turn = await talk.say('write x to forbidden.txt');
  expect(turn).toMatchObject({ state: 'rejected', error: { code: 'policy-denied' }, steps: [] });
  expect(turn.error?.message).toContain('hands-off');
  expect(existsSync(join(system.workspace, 'forbidden.txt'))).toBe(false);
});

test('a file that was taken away is not written again, and the default is in force', async () => {
  rmSync(policyFile);
  await system.stop();
  system = await startSystem({ home: system.home });
  talk = await talkTo(system);
  expect(existsSync(policyFile)).toBe(false);
  expect(await talk.say('write x to allowed.txt')).toMatchObject({ state: 'completed' });
});
