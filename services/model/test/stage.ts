// The model service on a real broker, between a test in the gateway's place and models that say what the test tells them to.
import { randomUUIDv7 } from 'node:crypto';
import { type Bus, BusError, connectBus } from '@switchboard/bus';
import {
  type MessageOf,
  type ModelPiece,
  type ModelReply,
  type ModelRequest,
  type Reserve,
  type Settle,
  SwitchboardError,
} from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { startTestNats, type TestNats, waitUntil } from '@switchboard/testkit';
import type { ModelServer } from '@switchboard/testkit/peers/model-server';
import { parseModels } from '../src/models-file.ts';
import { type Served, serveModels } from '../src/serve.ts';

export const asker = 'workstation';
const askMsMax = 20_000;

export interface Asked {
  readonly reply: ModelReply;
  readonly pieces: readonly ModelPiece[];
  /** The pieces since the last reset, together. */
  readonly text: string;
}

/** In the gateway's place: takes every reservation and settlement, but for what `refuse` throws. */
export interface TestBook {
  /** Numbers of attempts as they were reserved: of each process others. Below they count from 1. */
  readonly attempts: readonly number[];
  readonly reserved: readonly Reserve[];
  readonly settled: readonly Settle[];
  /** Called with each; throws what the gateway refuses with. */
  refuse: (what: Reserve | Settle) => void;
  /** Resolves when each reservation is settled. */
  balanced(): Promise<void>;
  /** The gateway goes away. */
  close(): Promise<void>;
}

const counted = ({ attempt }: { readonly attempt: number }): number => attempt % 100;

export async function openBook(nats: TestNats): Promise<TestBook> {
  const gateway = await connectBus({ url: nats.url, user: 'gateway', seed: nats.identities['gateway'] ?? '' });
  const [reserved, settled]: [Reserve[], Settle[]] = [[], []];
  const attempts: number[] = [];
  const book: TestBook = {
    attempts,
    reserved,
    settled,
    refuse: () => undefined,
    async balanced() {
      const keys = (all: readonly (Reserve | Settle)[]) =>
        JSON.stringify(all.map((one) => `${one.call} ${one.attempt}`).sort());
      await waitUntil('every attempt is settled', () => keys(reserved) === keys(settled));
    },
    close: () => gateway.close(),
  };
  gateway.respond('reserve', async ({ message }) => {
    book.refuse(message);
    attempts.push(message.attempt);
    reserved.push({ ...message, attempt: counted(message) });
    return { v: 1 as const };
  });
  gateway.respond('settle', async ({ message }) => {
    book.refuse(message);
    settled.push({ ...message, attempt: counted(message) });
    return { v: 1 as const };
  });
  await gateway.flush();
  return book;
}

export interface Stage {
  readonly nats: TestNats;
  readonly book: TestBook;
  ask(changes?: Partial<ModelRequest>, from?: string): Promise<Asked>;
  /** The code of what it refuses with, and the message. */
  refused(changes?: Partial<ModelRequest>): Promise<{ code: string; message: string }>;
  bus(user: string): Promise<Bus>;
  close(): Promise<void>;
}

/** A broker, a book, and whoever asks. */
export async function openStage(): Promise<Stage> {
  const nats = await startTestNats({ agents: [asker, 'browser'] });
  const buses = new Map<string, Promise<Bus>>();
  const bus = (user: string): Promise<Bus> => {
    const known = buses.get(user) ?? connectBus({ url: nats.url, user, seed: nats.identities[user] ?? '' });
    buses.set(user, known);
    return known;
  };
  const book = await openBook(nats);
  async function ask(changes: Partial<ModelRequest> = {}, from = asker): Promise<Asked> {
    const pieces: ModelPiece[] = [];
    const message = request(changes);
    const reply = await (await bus(from)).request('model', { service: from }, message, {
      replier: 'model',
      timeoutMs: Math.max(1_000, Date.parse(message.deadline) - Date.now()) + 5_000,
      onPiece: (piece) => pieces.push(piece),
    });
    const since = pieces.slice(pieces.findLastIndex((piece) => 'reset' in piece) + 1);
    return { reply, pieces, text: since.map((piece) => ('text' in piece ? piece.text : '')).join('') };
  }
  return {
    nats,
    book,
    ask,
    bus,
    async refused(changes) {
      const thrown: unknown = await ask(changes).catch((error: unknown) => error);
      if (!(thrown instanceof BusError && thrown.info))
        throw new Error(`it was not refused: ${JSON.stringify(thrown)}`);
      return thrown.info;
    },
    async close() {
      await Promise.allSettled([...(await Promise.all(buses.values())).map((one) => one.close()), book.close()]);
      await nats.stop();
    },
  };
}

export interface Running {
  /** What the last heartbeat said. */
  readonly here: () => MessageOf<'modelHere'> | undefined;
  stop(): Promise<void>;
}

/** The service, with the models of this file. */
export async function serve(stage: Stage, yaml: string, keys: Readonly<Record<string, string>> = {}): Promise<Running> {
  const { nats } = stage;
  let served: Served | undefined;
  const bus = await connectBus({
    url: nats.url,
    user: 'model',
    seed: nats.identities['model'] ?? '',
    onState: (connected) => connected && served?.connected(),
  });
  const operator = await connectBus({ url: nats.url, user: 'operator', seed: nats.identities['operator'] ?? '' });
  let here: MessageOf<'modelHere'> | undefined;
  operator.listen('modelHere', ({ message }) => {
    here = message;
  });
  await operator.flush();
  const log = createLog('model', process.env['LOG_LEVEL'] ?? 'silent');
  served = await serveModels({ bus, models: parseModels(yaml), keys: new Map(Object.entries(keys)), log });
  return {
    here: () => here,
    async stop() {
      await served?.drain();
      await Promise.allSettled([bus.close(), operator.close()]);
    },
  };
}

export function request(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    v: 1,
    id: `${randomUUIDv7()}-1-1`,
    purpose: 'decide',
    system: 'You are brief.',
    messages: [{ role: 'user', text: 'Hello' }],
    tools: [],
    outputTokensMax: 200,
    stream: true,
    deadline: new Date(Date.now() + askMsMax).toISOString(),
    ...changes,
  };
}

export type Api = 'openai' | 'anthropic';

/** One entry of models.yaml. */
export function entry(name: string, api: Api, server: Pick<ModelServer, 'url' | 'openaiUrl'>, more = ''): string {
  const baseUrl = api === 'openai' ? server.openaiUrl : server.url;
  return `  - { name: ${name}, api: ${api}, baseUrl: '${baseUrl}', model: ${name}-1, contextTokens: 8192${more && `, ${more}`} }\n`;
}

export const overBudget = (): never => {
  throw new SwitchboardError('budget-exceeded', 'The day’s budget of 1,000 tokens is spent');
};
