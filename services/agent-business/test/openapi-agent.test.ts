// The business agent as a process with APIs: what it announces, what it leaves out and why, and what a doubt becomes.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Bus, connectBus, createSigner, createSigningKeys } from '@switchboard/bus';
import { type Hello, hashJson, type Invoke, invocationId } from '@switchboard/contract';
import { startTestNats, type TempFolder, type TestNats, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { petDocument } from './pet-api.ts';
import { github, starTrek } from './strangers.ts';

const program = join(import.meta.dirname, '../src/main.ts');
const agent = 'business';
const keys = createSigningKeys();
const signer = createSigner(keys.privateKey);

let nats: TestNats;
let folder: TempFolder;
let gateway: Bus;
let hello: Hello | undefined;
let child: ChildProcess;
let server: Server;
let behave: RequestListener = (_, answer) => answer.end();

function message(skill: string, input: Record<string, unknown>, turn: string = randomUUIDv7(), attempt = 1): Invoke {
  const { contractHash = '', effects = [] } = hello?.skills.find(({ name }) => name === skill) ?? {};
  return {
    v: 1,
    id: invocationId(turn, 1, attempt),
    session: randomUUIDv7(),
    turn,
    step: 1,
    attempt,
    epoch: 1,
    agent,
    skill,
    contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects },
    deadline: new Date(Date.now() + 10_000).toISOString(),
  };
}

function invoke(asked: Invoke) {
  const options = { timeoutMs: 10_000, replier: agent, signer };
  return gateway.request('invoke', { agent, skill: asked.skill }, asked, options);
}

function statusOf({ id }: Invoke) {
  return gateway.request('status', { agent }, { v: 1, id }, { timeoutMs: 5_000, replier: agent });
}

/** Resolves when it has said hello. */
async function startAgent(): Promise<void> {
  hello = undefined;
  child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'error',
      NATS_URL: nats.url,
      BUS_SEED: nats.identities[agent] ?? '',
      GATEWAY_PUBLIC_KEY: keys.publicKey,
      DATA_DIR: join(folder.path, 'data'),
      APIS_DIR: join(folder.path, 'apis'),
    },
  });
  await waitUntil('a hello', () => hello, 60_000);
}

beforeAll(async () => {
  server = createServer((request, answer) => behave(request, answer));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  nats = await startTestNats({ agents: [agent] });
  folder = await tempFolder();
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
  await mkdir(join(folder.path, 'apis'));
  for (const [name, overlay] of Object.entries(apis)) {
    await writeFile(join(folder.path, 'apis', name), stringify(overlay));
  }
  gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  gateway.listen('hello', (heard) => {
    hello = heard.message;
  });
  await gateway.flush();
  await startAgent();
}, 90_000);
afterAll(async () => {
  child.kill('SIGKILL');
  await once(child, 'exit');
  server.closeAllConnections();
  server.close();
  await gateway.close();
  await nats.stop();
  await folder.remove();
});

it('announces what its APIs can do, and says of the rest why not and how to mend it', () => {
  const names = hello?.skills.map(({ name }) => name) ?? [];
  expect(names).toEqual(expect.arrayContaining(['list-pets', 'create-pets-pet', 'get-startrek-animal']));
  expect(names).not.toContainEqual(expect.stringMatching(/github|broken/));
  const whys = Object.fromEntries((hello?.unavailable ?? []).map(({ skill, why }) => [skill, why]));
  expect(whys['github-api']).toMatch(/^github\.yaml: 1223 operations .* at most 200, .* with `select`$/);
  expect(whys['broken-api']).toMatch(/^broken\.yaml: the document has no operations$/);
  expect(whys['delete-zoo-pet']).toMatch(/^zoo\.yaml: there is no secret in .*zoo\.token: put it there/);
});

it('asks the API and answers with what it said', async () => {
  behave = (_, answer) => answer.setHeader('content-type', 'application/json').end('[{"id":7,"name":"Rex"}]');
  const reply = await invoke(message('list-pets', {}));
  expect(reply).toMatchObject({ state: 'done', output: { answer: 'as-described', data: [{ id: 7, name: 'Rex' }] } });
});

it('does not know whether a deed without an answer was done, and does not do it again', async () => {
  let deeds = 0;
  behave = (_, answer) => {
    deeds += 1;
    answer.destroy();
  };
  const asked = message('create-pets-pet', { name: 'Rex' });
  await expect(invoke(asked)).rejects.toMatchObject({ kind: 'refused', info: { code: 'outcome-unknown' } });
  expect(await statusOf(asked)).toMatchObject({ state: 'interrupted' });
  await expect(invoke(asked)).rejects.toMatchObject({ info: { code: 'outcome-unknown' } });
  expect(deeds).toBe(1);
});

it('holds the input against the contract that it announced', async () => {
  const reply = await invoke(message('create-pets-pet', { name: 'Rex', color: 'red' }));
  expect(reply).toMatchObject({ state: 'refused', error: { code: 'invalid-input' } });
});

it('killed in the middle of deeds, knows that it does not know; with a key the next attempt is the same deed', async () => {
  const seen: unknown[] = [];
  behave = (request) => seen.push(request.headers['idempotency-key']);
  const [plain, keyed] = [message('create-pets-pet', { name: 'Rex' }), message('create-shop-pet', { name: 'Rex' })];
  // Nobody answers them any more.
  for (const asked of [plain, keyed]) invoke(asked).catch(() => undefined);
  await waitUntil('both deeds at the API', () => seen.length === 2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await startAgent();
  for (const asked of [plain, keyed]) expect(await statusOf(asked)).toMatchObject({ state: 'interrupted' });
  await expect(invoke(plain)).rejects.toMatchObject({ info: { code: 'outcome-unknown' } });

  behave = (request, answer) => {
    seen.push(request.headers['idempotency-key']);
    answer.writeHead(201, { 'content-type': 'application/json' }).end('{"id":7,"name":"Rex"}');
  };
  const again = message('create-shop-pet', { name: 'Rex' }, keyed.turn, 2);
  expect(await invoke(again)).toMatchObject({ state: 'done', output: { status: 201 } });
  const key = `${keyed.turn}-1`;
  expect(seen).toHaveLength(3);
  expect(seen.filter((one) => one === key)).toHaveLength(2);
}, 60_000);
