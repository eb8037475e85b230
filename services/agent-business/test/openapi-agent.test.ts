// The business agent as a process with APIs: what it announces, what it leaves out and why, and what a doubt becomes.
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitUntil } from '@switchboard/testkit';
import { type AgentProcess, type AgentStage, openAgentStage } from '@switchboard/testkit/agent-stage';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { petDocument } from './pet-api.ts';
import { github, starTrek } from './strangers.ts';

let stage: AgentStage;
let running: AgentProcess;
let server: Server;
let behave: RequestListener = (_, answer) => answer.end();

beforeAll(async () => {
  server = createServer((request, answer) => behave(request, answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  stage = await openAgentStage({
    agent: 'business',
    program: join(import.meta.dirname, '../src/main.ts'),
    env: (folder) => ({ LOG_LEVEL: 'error', APIS_DIR: join(folder, 'apis') }),
  });
  const apis = {
    'broken.yaml': { document: { openapi: '3.1.0' } },
    'github.yaml': { document: github },
    'pets.yaml': { document: petDocument, server: `http://127.0.0.1:${port}/v1` },
    'shop.yaml': {
      document: petDocument,
      server: `http://127.0.0.1:${port}/v1`,
      idempotency: 'Idempotency-Key',
      select: { operations: ['createPet'] },
    },
    'startrek.yaml': { document: starTrek },
    'zoo.yaml': {
      document: petDocument,
      server: 'https://zoo.example.com',
      auth: { type: 'bearer', file: 'zoo.token' },
      select: { tags: ['danger'] },
    },
  };
  await mkdir(join(stage.folder, 'apis'));
  for (const [name, overlay] of Object.entries(apis)) {
    await writeFile(join(stage.folder, 'apis', name), stringify(overlay));
  }
  running = await stage.start();
}, 90_000);
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stage?.close();
});

it('announces what its APIs can do, and says of the rest why not and how to mend it', () => {
  const names = stage.hello().skills.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['list-pets', 'create-pets-pet', 'get-startrek-animal']));
  expect(names).not.toContainEqual(expect.stringMatching(/github|broken/));
  const whys = Object.fromEntries(stage.hello().unavailable.map(({ skill, why }) => [skill, why]));
  expect(whys['github-api']).toMatch(/^github\.yaml: 1223 operations .* at most 200, .* with `select`$/);
  expect(whys['broken-api']).toMatch(/^broken\.yaml: the document has no operations$/);
  expect(whys['delete-zoo-pet']).toMatch(/^zoo\.yaml: there is no secret in .*zoo\.token: put it there/);
});

it('asks the API and answers with what it said', async () => {
  behave = (_, answer) => answer.setHeader('content-type', 'application/json').end('[{"id":7,"name":"Rex"}]');
  const reply = await stage.invoke(stage.message('list-pets', {}));
  expect(reply).toMatchObject({ state: 'done', output: { answer: 'as-described', data: [{ id: 7, name: 'Rex' }] } });
});

it('does not know whether a deed without an answer was done, and does not do it again', async () => {
  let deeds = 0;
  behave = (_, answer) => {
    deeds += 1;
    answer.destroy();
  };
  const asked = stage.message('create-pets-pet', { name: 'Rex' });
  await expect(stage.invoke(asked)).rejects.toMatchObject({ kind: 'refused', info: { code: 'outcome-unknown' } });
  expect(await stage.status(asked)).toMatchObject({ state: 'interrupted' });
  await expect(stage.invoke(asked)).rejects.toMatchObject({ info: { code: 'outcome-unknown' } });
  expect(deeds).toBe(1);
});

it('holds the input against the contract that it announced', async () => {
  const reply = await stage.invoke(stage.message('create-pets-pet', { name: 'Rex', color: 'red' }));
  expect(reply).toMatchObject({ state: 'refused', error: { code: 'invalid-input' } });
});

it('killed in the middle of deeds, knows that it does not know; with a key the next attempt is the same deed', async () => {
  const seen: unknown[] = [];
  behave = (request) => seen.push(request.headers['idempotency-key']);
  const [plain, keyed] = [
    stage.message('create-pets-pet', { name: 'Rex' }),
    stage.message('create-shop-pet', { name: 'Rex' }),
  ];
  // Nobody answers them any more.
  for (const asked of [plain, keyed]) stage.invoke(asked).catch(() => undefined);
  await waitUntil('both deeds at the API', () => seen.length === 2);
  running.child.kill('SIGKILL');
  await running.gone;
  running = await stage.start();
  for (const asked of [plain, keyed]) expect(await stage.status(asked)).toMatchObject({ state: 'interrupted' });
  await expect(stage.invoke(plain)).rejects.toMatchObject({ info: { code: 'outcome-unknown' } });

  behave = (request, answer) => {
    seen.push(request.headers['idempotency-key']);
    answer.writeHead(201, { 'content-type': 'application/json' }).end('{"id":7,"name":"Rex"}');
  };
  const again = stage.message('create-shop-pet', { name: 'Rex' }, { turn: keyed.turn, attempt: 2 });
  expect(await stage.invoke(again)).toMatchObject({ state: 'done', output: { status: 201 } });
  const key = `${keyed.turn}-1`;
  expect(seen).toHaveLength(3);
  expect(seen.filter((one) => one === key)).toHaveLength(2);
}, 60_000);
