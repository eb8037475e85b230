// Taking in a turn: on disk before it is answered, once for each key.
import { errorFacts, SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { TurnAddress, TurnRequest } from '@switchboard/store';
import type { FastifyReply } from 'fastify';
import { v7 as uuid } from 'uuid';
import { traceOf } from '../trace.ts';
import type { Caller } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { viewTurn } from './view.ts';
import { isSettled, listenTo, preferredWait, waitForTurn } from './wait.ts';

export interface TurnHeaders {
  readonly 'idempotency-key'?: string | undefined;
  readonly prefer?: string | undefined;
  readonly [name: string]: unknown;
}

export interface Saying {
  readonly caller: Caller;
  readonly sessionId: string;
  readonly key: string;
  readonly request: TurnRequest;
  readonly address: TurnAddress;
  /** Over everything that makes this request what it is: a key that comes back with something else is refused. */
  readonly requestHash: string;
  readonly traceparent?: string | undefined;
}

/** Throws `idempotency-key-missing`. */
export function requiredKey(headers: TurnHeaders): string {
  const key = headers['idempotency-key'];
  if (key === undefined) {
    throw new SwitchboardError(
      'idempotency-key-missing',
      'Send an Idempotency-Key header: any text that is new for each request, and the same when you repeat it',
    );
  }
  return key;
}

/** What is only said is seen once it is planned; what is named is seen at once. Throws `forbidden`. */
function requireSkill({ caller, request, address }: Saying): void {
  const named = address.typed?.skill.skill ?? request.skill;
  if (named === undefined || caller.allowedSkills === null || caller.allowedSkills.includes(named)) return;
  throw new SwitchboardError('forbidden', `This key is not for the skill ${named}`);
}

/** The turn's id. Throws what the API answers when it is not taken. */
export async function accept(deps: HttpDeps, saying: Saying): Promise<Acted> {
  const { config, feed, coordinator, relay } = deps;
  if (deps.stopping.aborted) throw new SwitchboardError('unavailable', 'The gateway is stopping; try again');
  requireSkill(saying);
  await deps.admit();
  crashPoint('G1');
  const accepted = await saying.caller.own.accept({
    id: uuid(),
    sessionId: saying.sessionId,
    idempotencyKey: saying.key,
    requestHash: saying.requestHash,
    request: saying.request,
    address: saying.address,
    deadlineMs: config.TURN_DEADLINE_SECONDS * 1_000,
    queuedMax: config.TURNS_QUEUED_MAX,
    traceparent: traceOf(saying.traceparent),
    event: { type: 'turn-accepted', data: { principal: saying.caller.principal, input: saying.request.input } },
  });
  crashPoint('G2');
  switch (accepted.outcome) {
    case 'accepted':
      feed.tell([accepted.event]);
      coordinator.wake(saying.sessionId);
      relay.wake();
      return { turnId: accepted.turnId, replayed: false };
    case 'replayed':
      return { turnId: accepted.turnId, replayed: true };
    case 'mismatch':
      throw new SwitchboardError('idempotency-mismatch', errorFacts['idempotency-mismatch'].title);
    case 'no-session':
      throw new SwitchboardError('not-found', 'There is no such session');
    case 'session-ended':
      throw new SwitchboardError('conflict', 'The session has ended');
    case 'queue-full':
      throw new SwitchboardError('queue-full', `The session has ${config.TURNS_QUEUED_MAX} turns waiting`);
  }
}

export interface Answering {
  readonly reply: FastifyReply;
  readonly caller: Caller;
  readonly sessionId: string;
  readonly prefer: string | undefined;
}

export interface Acted {
  readonly turnId: string;
  /** The call repeats an earlier one. */
  readonly replayed: boolean;
  /** Nothing was set going: the turn stays as it is. */
  readonly rests?: boolean;
}

/** Acts, and answers with the turn: 200 when it has ended, asks or is a repeat, 202 when it goes on. */
export async function answerWithTurn(deps: HttpDeps, to: Answering, act: () => Promise<Acted>) {
  const { reply, sessionId } = to;
  const seconds = preferredWait(to.prefer);
  // From before it is set going, so that nothing is missed.
  const listening = listenTo(deps, sessionId);
  const key = deps.watchKey(to.caller);
  try {
    const { turnId, replayed, rests } = await act();
    const place = { turnId, own: to.caller.own, moved: !replayed && !rests };
    const view = await waitForTurn(deps, place, listening, seconds);
    if (key.signal.aborted) throw new SwitchboardError('unauthenticated', 'This key has ended');
    reply.header('location', `/v1/turns/${turnId}`);
    if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`);
    if (replayed) reply.header('idempotent-replayed', 'true');
    return reply.status(isSettled(view) || replayed ? 200 : 202).send(viewTurn(view));
  } finally {
    listening.stop();
    key.stop();
  }
}
