// The HTTP API as a client with patience sees it: whichever gateway answers will do.
import { type Turn, turnSchema } from '@switchboard/contract';
import { z } from 'zod';
import type { Random } from '../random.ts';
import type { Stage } from '../stage/stage.ts';

const callMsMax = 5_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** It was accepted before, by another post with its key. */
  readonly replayed: boolean;
}

export interface Api {
  /** One call to one gateway, by its index or at random. Rejects when it cannot be reached or does not answer in time. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A new session, however often it has to ask. */
  createSession(): Promise<string>;
  read(turn: string): Promise<Turn>;
  /** Opens a stream of events. Throws as `call`, and for any status but 200. */
  follow(session: string, after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gateway?: number;
  readonly timeoutMs?: number;
}

export function createApi(stage: Pick<Stage, 'gateways' | 'key'>, random: Random): Api {
  const authorization = `Bearer ${stage.key}`;
  const base = (gateway = random.integer(0, stage.gateways.length - 1)): string => {
    const url = stage.gateways[gateway]?.url;
    if (url === undefined) throw new TypeError(`there is no gateway ${gateway}`);
    return url;
  };

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, headers = {}, gateway, timeoutMs = callMsMax } = options;
    const response = await fetch(`${base(gateway)}${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    return { status: response.status, body: await response.json(), replayed };
  }

  async function untilOk<Schema extends z.ZodType>(
    schema: Schema,
    attempt: () => Promise<Answer>,
  ): Promise<z.output<Schema>> {
    for (let tries = 0; ; tries++) {
      const answer = await attempt().catch((error: unknown) => {
        if (tries > 100) throw error;
        return undefined;
      });
      if (answer && answer.status < 300) return schema.parse(answer.body);
      if (answer && answer.status < 500) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  return {
    call,
    async createSession() {
      return (await untilOk(z.object({ id: z.string() }), () => call('POST', '/v1/sessions', { body: {} }))).id;
    },
    read: (turn) => untilOk(turnSchema, () => call('GET', `/v1/turns/${turn}`)),
    async follow(session, after, signal) {
      const response = await fetch(`${base()}/v1/sessions/${session}/events`, {
        headers: { authorization, ...(after > 0 ? { 'last-event-id': String(after) } : {}) },
        signal,
      });
      if (response.status !== 200 || response.body === null) throw new Error(`${response.status}`);
      return response.body;
    },
  };
}

const agentsSchema = z.object({ agents: z.array(z.object({ name: z.string(), state: z.string() })) });

/** Resolves when every gateway knows every agent to be here. Throws after a minute. */
export async function waitUntilKnown(stage: Stage): Promise<void> {
  const until = Date.now() + 60_000;
  for (const { url } of stage.gateways) {
    for (;;) {
      const known = await fetch(`${url}/v1/agents`, { headers: { authorization: `Bearer ${stage.key}` } })
        .then(async (response) => agentsSchema.parse(await response.json()).agents)
        .catch(() => []);
      const here = new Set(known.filter(({ state }) => state === 'here').map(({ name }) => name));
      if (stage.agents.every(({ name }) => here.has(name))) break;
      if (Date.now() > until) throw new Error(`${url} does not know every agent; see ${stage.folder}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
