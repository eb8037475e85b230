// The only place that speaks HTTP to APIs: to their own servers, with their own credentials, and again only where that is safe.
import { setTimeout as delay } from 'node:timers/promises';
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import { type ApiAnswer, type ApiRequest, SkillError, SwitchboardError } from '@switchboard/contract';
import { createWall, type Wall } from './connection.ts';
import { credentialsOf, withoutSecrets } from './credentials.ts';
import type { Auth } from './overlay.ts';
import { NoAnswer, sendRequest } from './send-request.ts';

export interface ApiServer {
  readonly name: string;
  /** Without a query; every request lies beneath its path. */
  readonly base: URL;
  /** The operator's file says so, and not a document that somebody else wrote. */
  readonly named: boolean;
  readonly auth: Auth | undefined;
}

export interface AdapterLimits {
  readonly answerBytesMax: number;
  /** Before an attempt is made again; doubles with each. */
  readonly pauseMs: number;
}
const usualLimits: AdapterLimits = { answerBytesMax: 10 * 1024 * 1024, pauseMs: 500 };

const attemptsMax = 4;
const redirectsMax = 5;
/** What is left of the time after a wait has to be enough for an answer. */
const marginMs = 1_000;

/** safe: looks only. keyed: the API knows a repeated request by its key. once: nobody knows it again. */
type Repeatable = 'safe' | 'keyed' | 'once';

interface Connected extends ApiServer {
  readonly wall: Wall;
}

function addressOf({ base, name }: ApiServer, request: Pick<ApiRequest, 'path' | 'query'>): URL {
  const url = new URL(base);
  url.pathname = base.pathname.replace(/\/$/, '') + request.path;
  for (const [key, value] of request.query) url.searchParams.append(key, value);
  if (!isBeneath(base, url)) throw new SkillError('not-accepted', `${name} is not asked for anything outside of it`);
  return url;
}

function isBeneath(base: URL, url: URL): boolean {
  return url.origin === base.origin && `${url.pathname}/`.startsWith(`${base.pathname.replace(/\/$/, '')}/`);
}

/** Milliseconds that the API asks for (RFC 9110, 10.2.3); undefined when it does not. */
export function retryAfterMs(headers: ApiAnswer['headers'], now: number): number | undefined {
  const given = headers['retry-after'];
  if (given === undefined) return undefined;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** How long to wait before the same is asked again; undefined when it must not be. */
function waitOf(answer: ApiAnswer, repeatable: Repeatable, attempt: number, pauseMs: number): number | undefined {
  const { status, headers, cut } = answer;
  const asked = retryAfterMs(headers, Date.now());
  const pause = pauseMs * 2 ** (attempt - 1);
  // Both say that nothing was done; of 503 only whoever names a time is believed.
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? pause;
  if (repeatable === 'once') return undefined;
  return [502, 503, 504].includes(status) || (repeatable === 'safe' && cut === 'connection') ? pause : undefined;
}

function unanswered(server: ApiServer, { sent, message }: NoAnswer, repeatable: Repeatable): Error {
  if (!sent) return new SkillError('unreachable', `${server.name} cannot be reached: ${message}`);
  if (repeatable === 'safe') return new SkillError('no-answer', `${server.name} did not answer: ${message}`);
  return new SwitchboardError(
    'outcome-unknown',
    `${server.name} got the request and did not answer (${message}): it may or may not have been done`,
  );
}

/** One call of one skill. */
function createCaller(
  servers: ReadonlyMap<string, Connected>,
  limits: AdapterLimits,
  scope: CallScope,
  looks: boolean,
) {
  const { signal, deadline, invocationId } = scope;
  const serverOf = (name: string): Connected => {
    const server = servers.get(name);
    if (server === undefined) throw new SkillError('unreachable', `No API is connected as ${name}`);
    return server;
  };

  /** False when there is no time for it. */
  async function paused(ms: number): Promise<boolean> {
    if (Date.now() + ms + marginMs > deadline.getTime()) return false;
    await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    return true;
  }

  async function ask(server: Connected, request: ApiRequest, url: URL): Promise<ApiAnswer> {
    signal.throwIfAborted();
    const { headers, query, secrets } = await credentialsOf(server.auth);
    const target = new URL(url);
    for (const [name, value] of query) target.searchParams.set(name, value);
    const answer = await sendRequest({
      url: target,
      method: request.method,
      headers: {
        accept: 'application/json, */*;q=0.5',
        'accept-encoding': 'identity',
        'user-agent': 'switchboard',
        ...request.headers,
        ...(request.body && { 'content-type': request.body.mediaType }),
        // The same for every attempt of the step: the last part of the id counts them.
        ...(request.keyHeader && { [request.keyHeader]: invocationId.replace(/-\d+$/, '') }),
        ...headers,
      },
      body: request.body?.text,
      timeoutMs: Math.max(1, Math.min(request.timeoutMs, deadline.getTime() - Date.now())),
      answerBytesMax: limits.answerBytesMax,
      wall: server.wall,
      signal,
    });
    return { ...answer, body: withoutSecrets(answer.body, secrets) };
  }

  /** Another address of the same server is followed by who looks only; credentials go nowhere else. */
  async function follow(server: Connected, request: ApiRequest): Promise<ApiAnswer> {
    let url = addressOf(server, request);
    for (let hop = 0; ; hop++) {
      const answer = await ask(server, request, url);
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
      const target = URL.parse(location, url.href);
      if (request.method === 'GET' && target?.origin === server.base.origin && hop < redirectsMax) {
        url = target;
        continue;
      }
      // After these it has been done, and the answer lies elsewhere.
      if (request.method !== 'GET' && [301, 302, 303].includes(answer.status)) return answer;
      throw new SkillError(
        'redirected',
        target?.origin === server.base.origin
          ? `${server.name} sends from one address to the next`
          : `${server.name} sends to ${target?.origin ?? 'nowhere'}: only ${server.base.origin} is asked`,
      );
    }
  }

  return async function call(request: ApiRequest): Promise<ApiAnswer> {
    const server = serverOf(request.api);
    const repeatable = looks ? 'safe' : request.keyHeader === undefined ? 'once' : 'keyed';
    for (let attempt = 1; ; attempt++) {
      const last = attempt === attemptsMax;
      try {
        const answer = await follow(server, request);
        const wait = last ? undefined : waitOf(answer, repeatable, attempt, limits.pauseMs);
        if (wait !== undefined && (await paused(wait))) continue;
        if (repeatable !== 'safe' && [502, 504].includes(answer.status)) {
          throw unanswered(server, new NoAnswer(`status ${answer.status}`, { sent: true }), repeatable);
        }
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        const again = !last && (repeatable !== 'once' || !error.sent);
        if (again && (await paused(limits.pauseMs * 2 ** (attempt - 1)))) continue;
        throw unanswered(server, error, repeatable);
      }
    }
  };
}

/** One for all APIs of the agent. */
export function createApiAdapter(
  servers: readonly ApiServer[],
  limits: AdapterLimits = usualLimits,
): NonNullable<CapabilityAdapters['api']> {
  const connected = new Map(servers.map((server) => [server.name, { ...server, wall: createWall(server.named) }]));
  const callerFor = (scope: CallScope, methods: readonly ApiRequest['method'][], looks: boolean) => {
    const call = createCaller(connected, limits, scope, looks);
    return async (request: ApiRequest): Promise<ApiAnswer> => {
      if (methods.includes(request.method)) return call(request);
      throw new SwitchboardError('policy-denied', `${request.method} is more than this skill may do`);
    };
  };
  return {
    read: (scope) => ({
      read: callerFor(scope, ['GET'], true),
      within(request, address) {
        const server = connected.get(request.api);
        const url = server && URL.parse(address, addressOf(server, request).href);
        if (!url || !isBeneath(server.base, url)) return undefined;
        const path = url.pathname.slice(server.base.pathname.replace(/\/$/, '').length);
        return { path, query: [...url.searchParams] };
      },
    }),
    external: (scope) => ({ send: callerFor(scope, ['GET', 'POST', 'PUT', 'PATCH'], false) }),
    destructive: (scope) => ({ destroy: callerFor(scope, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], false) }),
  };
}
