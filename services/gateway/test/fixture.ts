// A real gateway on a real broker and database, with a router and an agent that answer as a test tells them to.
import { randomUUID } from 'node:crypto';
import { type Bus, connectBus, createSigningKeys, createVerifier, type Verifier } from '@switchboard/bus';
import {
  catalogueRevision,
  defineContract,
  describeContract,
  type Effect,
  type Hello,
  type Repeat,
  type RouteDecision,
  type SkillDocument,
  scopes,
  type Trust,
  type Turn,
  turnSchema,
} from '@switchboard/contract';
import { createLog, type Life } from '@switchboard/service';
import { mintKey, openStore } from '@switchboard/store';
import { freshDatabase, startTestNats, type TestDatabase, type TestNats } from '@switchboard/testkit';
import { z } from 'zod';
import { readGatewayConfig } from '../src/config.ts';
import { startGateway } from '../src/gateway.ts';

export const agentName = 'workstation';

export function skillDocument(
  name: string,
  repeat: Repeat,
  effects: readonly Effect[] = [],
  ingests: Trust = 'trusted',
): SkillDocument {
  const contract = defineContract({
    name,
    version: '1.0.0',
    title: name,
    description: `Does ${name}.`,
    tags: [],
    input: z.strictObject({ text: z.string() }),
    output: z.strictObject({ text: z.string() }),
    errors: { 'not-found': 'There is nothing.' },
    effects: [],
    repeat,
    ingests,
    timeoutMs: 20_000,
    utterances: Array.from({ length: 8 }, (_, index) => `${name} ${index}`),
    examples: [],
    say: (output) => output.text,
  });
  return { ...describeContract(contract), effects: [...effects] };
}

export function hello(skills: readonly SkillDocument[], name = agentName, id: string = randomUUID()): Hello {
  return {
    v: 1,
    type: 'io.nats.micro.v1.info_response',
    name,
    id,
    version: '1.0.0',
    description: 'An agent of a test.',
    metadata: {},
    endpoints: [],
    revision: catalogueRevision(skills),
    concurrency: 8,
    skills: [...skills],
    unavailable: [],
  };
}

export interface Peer {
  readonly bus: Bus;
  readonly verifier: Verifier;
  /** Says hello and goes on beating. */
  arrive(skills: readonly SkillDocument[]): void;
  leave(): void;
}

export interface Stage {
  readonly url: string;
  /** The owner's. */
  readonly key: string;
  readonly nats: TestNats;
  readonly database: TestDatabase;
  readonly router: Bus;
  readonly agent: Peer;
  /** Plans this skill for every message, with the message as its input. */
  planFor(document: SkillDocument): (text: string) => RouteDecision;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  session(): Promise<string>;
  say(session: string, input: string, options?: { wait?: number; key?: string; dryRun?: boolean }): Promise<Turn>;
  read(id: string): Promise<Turn>;
  close(): Promise<void>;
}

async function connectPeer(nats: TestNats, publicKey: string): Promise<Peer> {
  const bus = await connectBus({ url: nats.url, user: agentName, seed: nats.identities[agentName] ?? '' });
  let announced: Hello | undefined;
  let timer: NodeJS.Timeout | undefined;
  const sayHello = (): void => {
    if (announced && bus.connected()) bus.publish('hello', { agent: agentName }, announced);
  };
  bus.listen('who', sayHello);
  const beat = (): void => {
    if (!announced || !bus.connected()) return;
    const { id, revision } = announced;
    bus.publish(
      'heartbeat',
      { agent: agentName },
      { v: 1, name: agentName, id, revision, running: 0, intervalMs: 200, draining: false },
    );
  };
  return {
    bus,
    verifier: createVerifier(publicKey),
    arrive(skills) {
      announced = hello(skills);
      sayHello();
      clearInterval(timer);
      timer = setInterval(beat, 200);
    },
    leave() {
      clearInterval(timer);
      announced = undefined;
    },
  };
}

/** `env` overrides the gateway's settings; `others`: agents that the broker knows beside the one. */
export async function stage(env: Record<string, string> = {}, others: readonly string[] = []): Promise<Stage> {
  const agents = [agentName, ...others];
  const [nats, database] = await Promise.all([startTestNats({ agents }), freshDatabase()]);
  const keys = createSigningKeys();
  const { id, key, hash } = mintKey('test');
  const store = openStore({ ...database.roles, connectionsMax: 1 });
  await store.keys.ensure({ id, hash, scopes, principal: { id: randomUUID(), name: 'owner' } });
  await store.close();

  const stops: (() => Promise<void> | void)[] = [];
  const stopping = new AbortController();
  const life: Life = {
    log: createLog('gateway', process.env['LOG_LEVEL'] ?? 'silent'),
    stopping: stopping.signal,
    onStop: (step) => stops.push(step),
    ready() {},
    die(why, cause) {
      throw new Error(why, { cause });
    },
  };
  const config = readGatewayConfig({
    DATABASE_URL: database.roles.url,
    WORK_DATABASE_URL: database.roles.workUrl,
    NATS_URL: nats.url,
    BUS_SEED: nats.identities['gateway'],
    SIGNING_KEY: keys.privateKey,
    PORT: '0',
    ...env,
  });
  const { url } = await startGateway(config, life);
  const router = await connectBus({ url: nats.url, user: 'router', seed: nats.identities['router'] ?? '' });
  const agent = await connectPeer(nats, keys.publicKey);

  const call: Stage['call'] = (method, path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
  return {
    url,
    key,
    nats,
    database,
    router,
    agent,
    planFor: (document) => (text) => ({
      v: 1,
      outcome: 'route',
      stage: 'explicit',
      reason: 'The test says so.',
      candidates: [],
      steps: [{ agent: agentName, skill: document.name, contractHash: document.contractHash, input: { text } }],
    }),
    call,
    async session() {
      const response = await call('POST', '/v1/sessions', {});
      return z.object({ id: z.string() }).parse(await response.json()).id;
    },
    async say(session, input, { wait = 20, key: idempotencyKey = randomUUID(), dryRun = false } = {}) {
      const headers = { 'idempotency-key': idempotencyKey, prefer: `wait=${wait}` };
      const response = await call('POST', `/v1/sessions/${session}/turns`, { input, dryRun }, headers);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return turnSchema.parse(await response.json());
    },
    async read(id) {
      return turnSchema.parse(await (await call('GET', `/v1/turns/${id}`)).json());
    },
    async close() {
      stopping.abort();
      agent.leave();
      for (const stop of stops.reverse()) await stop();
      await Promise.all([router.close(), agent.bus.close()]);
      await Promise.all([nats.stop(), database.drop()]);
    },
  };
}
