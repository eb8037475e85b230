// The process itself, with keys that a provider says back: no answer, heartbeat or line of its log has them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entry, openStage, type Stage } from './stage.ts';

const right = 'sk-right-91f0c2d47ab3';
const wrong = 'sk-wrong-canary-6be1d5f8';

let stage: Stage;
let folder: TempFolder;
let servers: ModelServer[];
let child: ChildProcess;
let log = '';
const said: string[] = [];
beforeAll(async () => {
  [stage, folder] = await Promise.all([openStage(), tempFolder()]);
  servers = await Promise.all([startModelServer({ key: right }), startModelServer({ key: right })]);
  const [first, second] = servers;
  if (!first || !second) throw new Error('no server');
  const file = join(folder.path, 'models.yaml');
  const entries = [
    entry('first', 'openai', first, 'key: FIRST_KEY'),
    entry('second', 'anthropic', second, 'key: SECOND_KEY'),
  ];
  writeFileSync(file, `models:\n${entries.join('')}`);
  const operator = await stage.bus('operator');
  operator.listen('modelHere', ({ message }) => said.push(JSON.stringify(message)));
  await operator.flush();
  const seedFile = join(folder.path, 'seed');
  writeFileSync(seedFile, stage.nats.identities['model'] ?? '');
  const settings = { NATS_URL: stage.nats.url, BUS_SEED_FILE: seedFile, MODELS_FILE: file };
  const noisy = { LOG_LEVEL: 'trace', OPENAI_LOG: 'debug', ANTHROPIC_LOG: 'debug' };
  child = spawn(process.execPath, [join(projectRoot, 'services/model/src/main.ts')], {
    env: { PATH: process.env['PATH'], ...settings, ...noisy, FIRST_KEY: wrong, SECOND_KEY: wrong },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      log += String(data);
    });
  }
  await once(child, 'message');
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await Promise.allSettled(servers.map((server) => server.close()));
  await stage?.close();
  await folder?.remove();
});

it('a wrong key is named by its setting, and said nowhere', async () => {
  const { code, message } = await stage.refused();
  expect(code).toBe('unavailable');
  expect(message).toContain('first: the provider refused the key (FIRST_KEY)');
  expect(message).toContain('second: the provider refused the key (SECOND_KEY)');
  expect(servers[0]?.asked.at(-1)?.keyHeader).toBe('authorization');
  for (let time = 0; time < 3; time++) await stage.refused();
  await waitUntil('it tells that both are down', () => said.at(-1)?.includes('FIRST_KEY'));
  // The first provider repeats the key in its error.
  expect(log).toContain('[key]');
  expect([log, message, ...said].filter((text) => text.includes(wrong))).toEqual([]);
});

it('a prompt is in no line of the log', async () => {
  await stage.refused({ system: 'canary of the system', messages: [{ role: 'user', text: 'canary of the user' }] });
  expect(log).not.toContain('canary of the');
});

it('ends when it is asked to', async () => {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
