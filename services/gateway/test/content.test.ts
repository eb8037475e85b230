// What an agent may read of the artifacts that others made: what the input of its own invocation names, while that runs.
import { randomUUIDv7 } from 'node:crypto';
import {
  type Artifact,
  artifactSchema,
  defineContract,
  describeContract,
  type Invoke,
  type InvokeReply,
  inlineBytesMax,
  scopes,
  sha256,
  turnSchema,
} from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { makeKey, makePrincipal } from './callers.ts';
import { agentName, type Stage, stage } from './fixture.ts';

const document = describeContract(
  defineContract({
    name: 'pass-on',
    version: '1.0.0',
    title: 'Pass on',
    description: 'Takes files and gives files.',
    tags: [],
    input: z.strictObject({ files: z.array(artifactSchema).max(5) }),
    output: z.strictObject({ text: z.string() }),
    errors: {},
    effects: [],
    repeat: 'safe',
    ingests: 'trusted',
    timeoutMs: 20_000,
    utterances: Array.from({ length: 8 }, (_, index) => `pass on ${index}`),
    examples: [],
    say: () => 'Done.',
  }),
);
const bytes = Buffer.alloc(inlineBytesMax + 1000, 'x');
const artifact: Artifact = {
  id: randomUUIDv7(),
  name: 'x.txt',
  mediaType: 'text/plain',
  bytes: bytes.length,
  sha256: sha256(bytes),
};

let on: Stage;
let during: (message: Invoke) => Promise<readonly Artifact[]>;
let last: Invoke | undefined;

const piece = async (invocation: string, id: string, offset: number): Promise<Buffer> => {
  const asked = { v: 1, invocation, id, offset } as const;
  const { data } = await on.agent.bus.request('content', { agent: agentName }, asked, {
    replier: 'gateway',
    timeoutMs: 5_000,
  });
  return Buffer.from(data, 'base64');
};

const notFound = { kind: 'refused', info: { code: 'not-found' } };

async function pass(files: readonly Artifact[], headers: Record<string, string> = {}): Promise<void> {
  const response = await on.call(
    'POST',
    '/v1/skills/pass-on/invoke',
    { input: { files } },
    { 'idempotency-key': randomUUIDv7(), prefer: 'wait=20', ...headers },
  );
  expect(turnSchema.parse(await response.json())).toMatchObject({ state: 'completed' });
}

beforeAll(async () => {
  on = await stage();
  const { bus, verifier } = on.agent;
  bus.respond(
    'invoke',
    async ({ message }): Promise<InvokeReply> => {
      last = message;
      const artifacts = [...(await during(message))];
      return { v: 1, id: message.id, state: 'done', output: { text: 'ok' }, text: 'ok', artifacts };
    },
    { parameters: { agent: agentName }, verifier },
  );
  bus.respond(
    'artifact',
    async ({ message: { id, offset } }) => ({
      v: 1 as const,
      id,
      offset,
      data: bytes.subarray(offset, offset + inlineBytesMax).toString('base64'),
    }),
    { parameters: { agent: agentName } },
  );
  await bus.flush();
  on.agent.arrive([document]);
  await waitUntil('the agent', async () => (await on.call('GET', '/v1/skills/pass-on')).ok);
  during = async () => [artifact];
  await pass([]);
});
afterAll(() => on?.close());

test('the input names it: it is read, in pieces', async () => {
  let read = Buffer.alloc(0);
  during = async ({ id }) => {
    read = Buffer.concat([await piece(id, artifact.id, 0), await piece(id, artifact.id, inlineBytesMax)]);
    expect(await piece(id, artifact.id, bytes.length)).toHaveLength(0);
    return [];
  };
  await pass([artifact]);
  expect(read.equals(bytes)).toBe(true);
});

test('the input does not name it, or the invocation is over: it is not given', async () => {
  during = async ({ id }) => {
    await expect(piece(id, artifact.id, 0)).rejects.toMatchObject(notFound);
    return [];
  };
  await pass([]);
  during = async () => [];
  await pass([artifact]);
  await expect(piece(last?.id ?? '', artifact.id, 0)).rejects.toMatchObject(notFound);
});

test('it is another person’s: naming it gives nothing', async () => {
  const { key } = await makeKey(on, scopes, { principalId: await makePrincipal(on) });
  during = async ({ id }) => {
    await expect(piece(id, artifact.id, 0)).rejects.toMatchObject(notFound);
    return [];
  };
  await pass([artifact], { authorization: `Bearer ${key}` });
});
