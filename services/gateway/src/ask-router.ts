// Has an intent recognised: asks the router, tells it the contracts it lacks, and asks again.
import { type Bus, BusError } from '@switchboard/bus';
import { type RouteDecision, type RouteRequest, SwitchboardError } from '@switchboard/contract';
import type { Directory } from './directory.ts';
import { isForEverybody } from './known-agents.ts';

/** Routing takes milliseconds; a router that died with the question is noticed after this. */
const requestMsMax = 2_000;
/** With a model that may be asked it takes as long as that one does. */
const requestWithModelMsMax = 20_000;
const pauseMs = 100;

export type AskRouter = (request: RouteRequest, options: AskRouterOptions) => Promise<RouteDecision>;

export interface AskRouterOptions {
  /** Keeps asking until then: routing is pure, so it may be repeated. */
  readonly deadline: Date;
  /** Aborted: nobody waits any more, not even for an answer that is on its way. */
  readonly signal?: AbortSignal;
  readonly traceparent?: string | undefined;
}

/** As `asked`, or rejects with the signal's reason. What was asked ends by itself, and may fail unheard. */
async function unlessAborted<Reply>(asked: Promise<Reply>, signal: AbortSignal | undefined): Promise<Reply> {
  if (signal === undefined) return asked;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([asked, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * Throws SwitchboardError `unavailable` when no router answers in time, `too-large` when it cannot be asked, and the
 * signal's reason.
 */
export function createAskRouter(bus: Bus, directory: Directory): AskRouter {
  function tellContracts(): void {
    for (const { hello, skills, revision } of directory.agents()) {
      const told = skills.filter(isForEverybody);
      bus.publish('catalogue', { agent: hello.name }, { v: 1, agent: hello.name, revision, skills: told });
    }
  }
  return async (request, { deadline, signal, traceparent }) => {
    for (;;) {
      const remaining = deadline.getTime() - Date.now();
      if (remaining <= 0) throw new SwitchboardError('unavailable', 'The router did not answer in time');
      signal?.throwIfAborted();
      const catalogue = directory.agents().map(({ hello, revision }) => ({ agent: hello.name, revision }));
      try {
        const options = {
          replier: 'router',
          timeoutMs: Math.min(request.model?.turn === undefined ? requestMsMax : requestWithModelMsMax, remaining),
          ...(traceparent === undefined ? {} : { traceparent }),
        };
        return await unlessAborted(bus.request('route', {}, { ...request, catalogue }, options), signal);
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        if (error.kind === 'refused' && error.info?.code === 'contract-mismatch' && bus.connected()) tellContracts();
        else if (error.kind === 'too-large') {
          throw new SwitchboardError('too-large', 'The message is larger than the router takes');
        } else if (error.kind === 'refused' && error.info)
          throw new SwitchboardError(error.info.code, error.info.message);
        else await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  };
}
