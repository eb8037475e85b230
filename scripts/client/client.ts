// A small client of the HTTP API, for the programs in this folder.
import { randomUUID } from 'node:crypto';
import { type Problem, problemSchema, type Session, sessionSchema, type Turn, turnSchema } from '@switchboard/contract';
import { z } from 'zod';

const waitSeconds = 60;
const homeTitle = 'home';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export interface Client {
  /** Any call of the API. Throws ApiError with what it answered when that is not a success. */
  call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<z.output<Schema>>;
  /** Waits until the API is up and these agents are here. Throws after `timeoutMs`, naming what is missing. */
  waitUntilReady(agents: readonly string[], timeoutMs: number): Promise<void>;
  createSession(title: string): Promise<Session>;
  /** The session that the prompt and the example use; made when there is none. */
  homeSession(): Promise<string>;
  /** Says something and waits for the end or a question, as long as it takes. */
  say(session: string, input: string): Promise<Turn>;
  answer(turn: string, answer: Record<string, unknown>): Promise<Turn>;
  cancel(turn: string): Promise<Turn>;
}

const readiness = z.object({ parts: z.record(z.string(), z.string()) });

export function connect(url: string, key: string): Client {
  async function call<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<z.output<Schema>> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout((waitSeconds + 30) * 1_000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new ApiError(problemSchema.parse(answer));
    return schema.parse(answer);
  }

  const prefer = { prefer: `wait=${waitSeconds}` };

  async function finished(turn: Turn): Promise<Turn> {
    let seen = turn;
    while (seen.state === 'submitted' || seen.state === 'working') {
      await new Promise((resolve) => setTimeout(resolve, 500));
      seen = await call(turnSchema, 'GET', `/v1/turns/${turn.id}`);
    }
    return seen;
  }

  async function missing(agents: readonly string[]): Promise<string[]> {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      const { parts } = readiness.parse(await response.json());
      const needed = ['database', 'bus', ...agents.map((agent) => `agent ${agent}`)];
      return needed.filter((part) => parts[part] !== 'ok');
    } catch {
      return ['gateway'];
    }
  }

  return {
    call,
    async waitUntilReady(agents, timeoutMs) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const waiting = await missing(agents);
        if (waiting.length === 0) return;
        if (Date.now() > until) throw new Error(`not ready after ${timeoutMs / 1000} s: ${waiting.join(', ')}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    createSession: (title) => call(sessionSchema, 'POST', '/v1/sessions', { title }),
    async homeSession() {
      const { sessions } = await call(z.object({ sessions: z.array(sessionSchema) }), 'GET', '/v1/sessions?limit=200');
      const home = sessions.find((session) => session.title === homeTitle && session.endedAt === undefined);
      return (home ?? (await call(sessionSchema, 'POST', '/v1/sessions', { title: homeTitle }))).id;
    },
    async say(session, input) {
      const headers = { ...prefer, 'idempotency-key': randomUUID() };
      return finished(await call(turnSchema, 'POST', `/v1/sessions/${session}/turns`, { input }, headers));
    },
    async answer(turn, answer) {
      return finished(await call(turnSchema, 'POST', `/v1/turns/${turn}/answer`, answer, prefer));
    },
    cancel: (turn) => call(turnSchema, 'POST', `/v1/turns/${turn}/cancel`),
  };
}
