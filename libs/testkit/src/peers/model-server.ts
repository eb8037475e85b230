// A language model for tests: a real HTTP server with the wires of OpenAI, Anthropic and Ollama's list, which says what a test tells it to.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { anthropicWire } from './model/anthropic-wire.ts';
import { openaiWire, wantsUsage } from './model/openai-wire.ts';
import { type Answerer, type ListedModel, type ModelAsked, NotARequest, type Wire } from './model/words.ts';
import { type Writing, writeFault, writeJson, writeSaid } from './model/write-answer.ts';

export type { Answerer, ListedModel, ModelAnswer, ModelAsked, ModelSays, SaidMessage } from './model/words.ts';

const bodyBytesMax = 16 * 1024 * 1024;

export interface ModelServer {
  /** `http://127.0.0.1:port`: the base of Anthropic's client, and Ollama's address. */
  readonly url: string;
  /** `…/v1`: the base of OpenAI's client. */
  readonly openaiUrl: string;
  readonly port: number;
  /** Every request for an answer, in the order in which they came, those that got a fault too. */
  readonly asked: readonly ModelAsked[];
  /** Requests of any kind, lists too: `GET /api/tags`. */
  readonly requests: readonly string[];
  /** From now on. Throwing is answered as a request that is not one. */
  answer(answerer: Answerer): void;
  /** What it lists. */
  list(models: readonly ListedModel[]): void;
  /** Requests under way. */
  open(): number;
  /** Ends what is under way too. May be called again. */
  close(): Promise<void>;
}

export interface ModelServerOptions {
  readonly answer?: Answerer;
  /** Whoever has no such key gets `unauthorized`. */
  readonly key?: string;
  readonly models?: readonly ListedModel[];
  /** Default: a free one. */
  readonly port?: number;
  /** Where it listens; default 127.0.0.1. For containers: 0.0.0.0. */
  readonly host?: string;
}

interface Session {
  answerer: Answerer;
  models: readonly ListedModel[];
  readonly asked: ModelAsked[];
  readonly key: string | undefined;
  readonly closing: AbortSignal;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > bodyBytesMax) throw new NotARequest('The request is too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function keyOf({ headers }: IncomingMessage): { header: ModelAsked['keyHeader']; key: string } {
  const given = headers['x-api-key'];
  if (typeof given === 'string') return { header: 'x-api-key', key: given };
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? { header: undefined, key: '' } : { header: 'authorization', key: bearer };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotARequest('We could not parse the JSON body of your request.');
  }
}

async function converse(wire: Wire, request: IncomingMessage, answer: ServerResponse, session: Session): Promise<void> {
  const gone = new AbortController();
  answer.on('close', () => gone.abort());
  const { header, key } = keyOf(request);
  try {
    const bytes = await readBody(request);
    if (wire === anthropicWire && request.headers['anthropic-version'] === undefined) {
      throw new NotARequest('anthropic-version: header is required');
    }
    const body = parseJson(bytes.toString('utf8'));
    const retry = Number(request.headers['x-stainless-retry-count'] ?? 0);
    const asked: ModelAsked = { ...wire.read(body), promptBytes: bytes.length, keyHeader: header, retry };
    session.asked.push(asked);
    const writing: Writing = {
      wire,
      asked,
      key,
      id: String(session.asked.length),
      includeUsage: wantsUsage(body),
      gone: AbortSignal.any([gone.signal, session.closing]),
    };
    if (session.key !== undefined && key !== session.key) {
      return await writeFault(answer, { fault: 'unauthorized' }, writing);
    }
    const said = await session.answerer(asked);
    if ('fault' in said) await writeFault(answer, said, writing);
    else await writeSaid(answer, said, writing);
  } catch (error) {
    if (gone.signal.aborted || answer.headersSent) answer.destroy();
    else writeJson(answer, 400, wire.invalid(error instanceof Error ? error.message : String(error)));
  }
}

/** As Ollama lists what it has. */
function tag({ name, capabilities, family = 'llama' }: ListedModel): unknown {
  return {
    name,
    model: name,
    modified_at: '2026-11-01T10:00:00.000000000+01:00',
    size: 2_019_393_189,
    digest: 'a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72',
    details: {
      parent_model: '',
      format: 'gguf',
      family,
      families: [family],
      parameter_size: '3.2B',
      quantization_level: 'Q4_K_M',
    },
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

function listing(path: string, models: readonly ListedModel[], anthropic: boolean): unknown {
  if (path === '/api/tags') return { models: models.map(tag) };
  if (path === '/api/version') return { version: '0.13.0' };
  if (path !== '/v1/models') return undefined;
  if (!anthropic) {
    return {
      object: 'list',
      data: models.map(({ name }) => ({ id: name, object: 'model', created: 1, owned_by: 'library' })),
    };
  }
  const data = models.map(({ name }) => ({
    type: 'model',
    id: name,
    display_name: name,
    created_at: '2026-11-01T10:00:00Z',
  }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

const wires: Readonly<Record<string, Wire>> = { '/v1/chat/completions': openaiWire, '/v1/messages': anthropicWire };

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const closing = new AbortController();
  const session: Session = {
    answerer: options.answer ?? (() => ({ text: 'Hello.' })),
    models: options.models ?? [{ name: 'test-model' }],
    asked: [],
    key: options.key,
    closing: closing.signal,
  };
  const requests: string[] = [];
  let open = 0;
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url ?? '/', 'http://server');
    requests.push(`${request.method} ${pathname}`);
    open++;
    answer.on('close', () => open--);
    const wire = request.method === 'POST' ? wires[pathname] : undefined;
    if (wire) return void converse(wire, request, answer, session);
    const anthropic = request.headers['anthropic-version'] !== undefined;
    const list = request.method === 'GET' ? listing(pathname, session.models, anthropic) : undefined;
    writeJson(
      answer,
      list === undefined ? 404 : 200,
      list ?? { error: { message: `Invalid URL (${request.method} ${pathname})` } },
    );
  });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    openaiUrl: `${url}/v1`,
    port: address.port,
    asked: session.asked,
    requests,
    answer(answerer) {
      session.answerer = answerer;
    },
    list(models) {
      session.models = models;
    },
    open: () => open,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
