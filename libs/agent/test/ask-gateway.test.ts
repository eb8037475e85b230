// What an agent asks the gateway: messages brought in, and the bytes that an input names, over a broker and a gateway that fail.
import { type Bus, connectBus } from '@switchboard/bus';
import { type Artifact, type InboundReply, type MessageOf, SwitchboardError, sha256 } from '@switchboard/contract';
import { createLog, type Life } from '@switchboard/service';
import { startTestNats, type TestNats } from '@switchboard/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Door, openChannels } from '../src/channels.ts';
import { contentReader } from '../src/content.ts';
import { agentName } from './invocations.ts';

const invocation = '00000000-0000-4000-8000-000000000001-1-1';
const bytes = Buffer.from('0123456789');
const artifact: Artifact = {
  id: '00000000-0000-7000-8000-000000000001',
  name: 'a.txt',
  mediaType: 'text/plain',
  bytes: bytes.length,
  sha256: sha256(bytes),
};
const reply: InboundReply = { v: 1, outcome: 'accepted', text: '' };

let nats: TestNats;
let gateway: Bus;
let agent: Bus;
let door: Door;
let closeChannels: () => Promise<void>;
let ended = 0;
let answerInbound: (message: MessageOf<'inbound'>) => InboundReply;
let answerContent: (offset: number) => Uint8Array;

const message = (messageId: string): MessageOf<'inbound'> => ({
  v: 1,
  messageId,
  address: 'anna@example.org',
  authenticated: true,
  thread: 'hello',
  receivedAt: new Date().toISOString(),
  text: 'hello',
});

beforeAll(async () => {
  nats = await startTestNats({ agents: [agentName] });
  const connectAs = (user: string): Promise<Bus> =>
    connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
  [gateway, agent] = await Promise.all([connectAs('gateway'), connectAs(agentName)]);
  const life: Life = {
    log: createLog('test', 'silent'),
    stopping: new AbortController().signal,
    onStop: () => {},
    ready: () => {},
    die: (why) => {
      throw new Error(why);
    },
  };
  const channel = {
    name: 'mail',
    start(given: Door) {
      door = given;
      return async () => {
        ended += 1;
      };
    },
  };
  closeChannels = openChannels([channel], agent, agentName, life);
});
afterAll(async () => {
  await Promise.all([gateway.close(), agent.close()]);
  await nats.stop();
});

async function read(signal = AbortSignal.timeout(10_000)): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of contentReader(agent, agentName, invocation)(artifact, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('a message that nobody takes yet is brought again, until it is taken', async () => {
  const brought = door.bring(message('early'), AbortSignal.timeout(20_000));
  let tries = 0;
  gateway.respond('inbound', async (heard) => {
    tries += 1;
    if (tries < 3) throw new SwitchboardError('overloaded', 'not now');
    expect(heard.parameters).toEqual({ agent: agentName, channel: 'mail' });
    return answerInbound(heard.message);
  });
  answerInbound = () => reply;
  expect(await brought).toEqual(reply);
  expect(tries).toBe(3);
});

test('a message that will never be taken is said to be so', async () => {
  answerInbound = () => {
    throw new SwitchboardError('invalid-request', 'not this one');
  };
  await expect(door.bring(message('bad'), AbortSignal.timeout(20_000))).rejects.toMatchObject({
    code: 'invalid-request',
  });
});

test('bringing ends with its signal', async () => {
  answerInbound = () => {
    throw new SwitchboardError('unavailable', 'away');
  };
  const ending = new AbortController();
  const brought = door.bring(message('late'), ending.signal);
  ending.abort(new SwitchboardError('canceled', 'enough'));
  await expect(brought).rejects.toMatchObject({ code: 'canceled' });
});

test('content comes in pieces, and is what was promised', async () => {
  gateway.respond('content', async ({ message: { id, offset, invocation: asking }, parameters }) => {
    expect([parameters.agent, asking, id]).toEqual([agentName, invocation, artifact.id]);
    return { v: 1 as const, id, offset, data: Buffer.from(answerContent(offset)).toString('base64') };
  });
  answerContent = (offset) => bytes.subarray(offset, offset + 4);
  expect(await read()).toEqual(bytes);
});

test.each([
  ['other bytes', (offset: number) => Buffer.from('9876543210').subarray(offset)],
  ['too few', (offset: number) => bytes.subarray(offset, 5)],
])('content that is not what was promised is refused: %s', async (_, answer) => {
  answerContent = answer;
  await expect(read()).rejects.toMatchObject({ code: 'internal' });
});

test('more than was promised is not read', async () => {
  answerContent = () => Buffer.concat([bytes, Buffer.from('more')]);
  expect(await read()).toEqual(bytes);
});

test('content that the input does not name is not given', async () => {
  answerContent = () => {
    throw new SwitchboardError('not-found', 'not yours');
  };
  await expect(read()).rejects.toMatchObject({ code: 'not-found' });
});

test('channels end when the agent does', async () => {
  await closeChannels();
  expect(ended).toBe(1);
});
