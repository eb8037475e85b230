// From the version before to this one, with turns under way: the volumes stay, and every turn ends once.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { turnSchema } from '@switchboard/contract';
import { projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../scripts/client/client.ts';
import { docker } from './stack/docker.ts';
import { newPlace, openStack, type Stack } from './stack/stack.ts';

const turns = 8;
const before = 'before';
/** What the turns of this test do not need. */
const without = ['browser', 'messenger', 'business', 'welcome'] as const;
const git = (...args: string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', ['-C', projectRoot, ...args], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 ? stdout.trim() : undefined;
};
/** The last release that ran in containers; where there is none yet, what was last committed. */
function previous(): string | undefined {
  const tags = git('tag', '--merged', 'HEAD', '--sort=-creatordate')?.split('\n').filter(Boolean) ?? [];
  const released = tags.find((tag) => git('cat-file', '-e', `${tag}:docker-compose.yml`) !== undefined);
  return released ?? (git('cat-file', '-e', 'HEAD:docker-compose.yml') === undefined ? undefined : 'HEAD');
}
const version = previous();

let folder: TempFolder;
let old: Stack;
let now: Stack;
beforeAll(async () => {
  folder = await tempFolder();
  const place = await newPlace();
  old = openStack({ ...place, overrides: [], env: { SWITCHBOARD_VERSION: before } });
  now = openStack(place);
});
afterAll(async () => {
  await now.down();
  await folder.remove();
});

async function startOld(): Promise<void> {
  const archive = `git -C '${projectRoot}' archive ${version} | tar -x -C '${folder.path}'`;
  expect(spawnSync('sh', ['-c', archive], { timeout: 30_000 }).status).toBe(0);
  await docker(['compose', 'build', '--quiet', 'init', 'workstation'], {
    cwd: folder.path,
    env: { SWITCHBOARD_VERSION: before },
    timeoutMs: 280_000,
  });
  await old.up({ cwd: folder.path, without });
}

/** The same key until there is an answer, as everybody who wants one turn does. */
async function send(client: Client, session: string, input: string): Promise<string> {
  const key = randomUUID();
  const sent = await waitUntil(
    'the turn is accepted',
    () =>
      client
        .call(turnSchema, 'POST', `/v1/sessions/${session}/turns`, { input }, { 'idempotency-key': key })
        .catch(() => undefined),
    90_000,
  );
  return sent.id;
}

test.skipIf(version === undefined)(`from ${version}: the images are new, and all else goes on`, async () => {
  await startOld();
  const client = await old.client(['workstation']);
  const session = await client.homeSession();
  await client.say(session, 'write old to upgrade/before.txt');
  const waiting = await client.say(session, 'delete upgrade/before.txt');
  const asked = (await client.createSession('under way')).id;

  const upgrading = now.up({ without });
  const sent = await Promise.all(
    Array.from({ length: turns }, (_, index) => send(client, asked, `write ${index} to upgrade/${index}.txt`)),
  );
  await upgrading;

  const images = await now.compose(['ps', '-a', '--format', '{{.Image}}']);
  expect(images).not.toContain(`:${before}`);
  const after = await now.client(['workstation']);
  for (const id of sent) {
    const state = async (): Promise<string> => (await after.call(turnSchema, 'GET', `/v1/turns/${id}`)).state;
    await waitUntil(`turn ${id} ends`, async () => (await state()) === 'completed', 60_000);
  }
  const answered = await after.answer(waiting.id, { approve: true, question: waiting.question?.id });
  expect(answered.output?.text).toBe('Deleted upgrade/before.txt.');
  const { stdout } = await now.shell(
    'workstation',
    'cd /workspace/upgrade && for f in *; do echo "$f $(cat $f)"; done',
  );
  expect(stdout.trim().split('\n')).toEqual(Array.from({ length: turns }, (_, index) => `${index}.txt ${index}`));
  expect(await now.compose(['run', '--rm', '-T', 'operator', 'audit', 'verify'])).toContain('✓');
});
