// One claimed delivery from where it stands to its end, or to where it must wait: sent at most once, as far as can be known.
import {
  type ErrorInfo,
  errorFacts,
  hashJson,
  invocationId,
  invokeSchema,
  repeatSchema,
  replySkill,
} from '@switchboard/contract';
import { crashPoint, type Log } from '@switchboard/service';
import type { ClaimedDelivery, Deliveries, NewEvent } from '@switchboard/store';
import { z } from 'zod';
import { invokeOnce } from '../coordinator/invoke.ts';
import type { Outcome } from '../coordinator/outcome.ts';
import { LostClaim } from '../coordinator/run.ts';
import { type Doubtful, settle } from '../coordinator/settle.ts';
import { type Settling, settleParts } from '../coordinator/settle-parts.ts';
import type { OfferedSkill } from '../directory.ts';
import type { Feed } from '../feed.ts';
import { builtInRules } from '../policy/built-in-rules.ts';
import { replyInput } from './reply-input.ts';

/** What an attempt may take beyond the skill's own time; then it is left, and asked about later. */
const graceMs = 30_000;
/** Until the agent is looked for again: a tenth of the time that it has waited, within these. */
const agentPauseMs = { min: 500, max: 5_000 };
/** And until the next attempt. */
const retryPauseMs = { min: 2_000, max: 300_000 };

export interface SendParts extends Settling {
  readonly deliveries: Deliveries;
  /** From when it was queued: what has not been sent by then is not. */
  readonly deliveryMs: number;
  readonly feed: Feed;
  /** Something was written to the outbox. */
  readonly published: () => void;
  readonly log: Log;
}

const attemptSchema = z.object({ invoke: invokeSchema, repeat: repeatSchema });
const unlinked: ErrorInfo = { code: 'forbidden', message: 'The address is not linked any more, so it is sent nothing' };
const unknown: ErrorInfo = { code: 'outcome-unknown', message: 'It may or may not have been sent; nobody can tell' };

const deadlineOf = ({ deliveryMs }: SendParts, { createdAt }: ClaimedDelivery): Date =>
  new Date(createdAt.getTime() + deliveryMs);

function pauseFor({ createdAt }: ClaimedDelivery, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max((Date.now() - createdAt.getTime()) / 10, min), max);
}

/** Throws LostClaim when somebody else has it now. */
async function end(
  { deliveries, feed, published, log }: SendParts,
  { place, ...delivery }: ClaimedDelivery,
  state: 'sent' | 'unknown' | 'failed',
  error?: ErrorInfo,
): Promise<void> {
  const { agent, channel, address } = place;
  const data = { delivery: delivery.id, agent, channel, address, ...(error && { error }) };
  const event: NewEvent = { type: `delivery-${state}`, data };
  const written = await deliveries.end(delivery, state, error, event);
  if (written === undefined) throw new LostClaim(`delivery ${delivery.id} epoch ${delivery.epoch}`);
  crashPoint('C6');
  log[state === 'sent' ? 'info' : 'warn']({ ...data, turn: delivery.turnId }, `a delivery was ${state}`);
  feed.tell(written);
  published();
}

async function postpone(
  { deliveries }: SendParts,
  delivery: ClaimedDelivery,
  state: 'queued' | 'sending',
  ms: number,
  why?: ErrorInfo,
): Promise<void> {
  const held = await deliveries.postpone(delivery, state, ms, why);
  if (!held) throw new LostClaim(`delivery ${delivery.id} epoch ${delivery.epoch}`);
}

/** Whether nothing of it was done, and the next attempt may do better. */
function mayBeTriedAgain({ kind, error }: Extract<Outcome, { kind: 'failed' | 'refused' }>): boolean {
  // It was given up under this id: another gateway had asked what became of it.
  if (kind === 'refused' && error.code === 'conflict') return true;
  return errorFacts[error.code].retry === 'safe';
}

async function record(parts: SendParts, delivery: ClaimedDelivery, outcome: Outcome): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      return end(parts, delivery, 'sent');
    case 'unknown':
      return end(parts, delivery, 'unknown', unknown);
    case 'away':
      return postpone(parts, delivery, 'sending', pauseFor(delivery, agentPauseMs));
    case 'not-executed':
    case 'interrupted':
      return postpone(parts, delivery, 'queued', agentPauseMs.min);
    case 'failed':
    case 'refused':
      if (errorFacts[outcome.error.code].retry === 'unknown') return end(parts, delivery, 'unknown', outcome.error);
      if (!mayBeTriedAgain(outcome)) return end(parts, delivery, 'failed', outcome.error);
      return postpone(parts, delivery, 'queued', pauseFor(delivery, retryPauseMs), outcome.error);
  }
}

/**
 * Answering somebody where they have asked is no new effect, so policy is not asked: but it goes to the address that the
 * message came from, and nowhere else.
 */
function newAttempt(delivery: ClaimedDelivery, { agent, document }: OfferedSkill, until: Date): Doubtful {
  const { id, sessionId, epoch } = delivery;
  const attempt = delivery.attempt + 1;
  const input = replyInput(delivery, document);
  return {
    repeat: document.repeat,
    invoke: {
      v: 1,
      id: invocationId(id, 1, attempt),
      session: sessionId ?? id,
      turn: id,
      step: 1,
      attempt,
      epoch,
      agent,
      skill: document.name,
      contractHash: document.contractHash,
      input,
      inputHash: hashJson(input),
      policy: { decision: 'allow', rule: builtInRules.replyToChannel, trust: 'trusted', effects: document.effects },
      deadline: new Date(Math.min(until.getTime(), Date.now() + document.timeoutMs)).toISOString(),
    },
  };
}

/** Its channel's skill, when it can be asked for now. */
function findSkill({ directory }: SendParts, { place }: ClaimedDelivery): OfferedSkill | ErrorInfo {
  const { agent, channel } = place;
  const skill = directory.offered(agent, replySkill(channel));
  if (skill?.document.audience !== 'gateway') {
    return { code: 'unavailable', message: `${agent} offers no ${replySkill(channel)}` };
  }
  if (skill.unavailable !== undefined) return { code: 'unavailable', message: skill.unavailable };
  return directory.here(agent) ? skill : { code: 'agent-unavailable', message: `${agent} is away` };
}

/** It is nobody's turn that waits for this: what takes too long is left, and asked about later. */
async function unlessTooLong(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Outcome>) {
  const late = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, late]));
  } catch (error) {
    if (error === late.reason) return { kind: 'away' } as const;
    throw error;
  }
}

async function begin(parts: SendParts, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  if (!delivery.linked) return end(parts, delivery, 'failed', unlinked);
  const until = deadlineOf(parts, delivery);
  if (Date.now() >= until.getTime()) {
    const why = delivery.error?.message ?? 'its agent was away';
    return end(parts, delivery, 'failed', { code: 'deadline-exceeded', message: `It was not sent in time: ${why}` });
  }
  const skill = findSkill(parts, delivery);
  if ('code' in skill) return postpone(parts, delivery, 'queued', pauseFor(delivery, agentPauseMs), skill);
  const attempt = newAttempt(delivery, skill, until);
  crashPoint('C3');
  if (!(await parts.deliveries.attempt(delivery, attempt))) throw new LostClaim(`delivery ${delivery.id}`);
  crashPoint('C4');
  const outcome = await unlessTooLong(skill.document.timeoutMs + graceMs, signal, (patience) =>
    invokeOnce(settleParts(parts, parts.log), attempt, {
      until,
      signal: patience,
      patience,
      traceparent: undefined,
      onDoubt: async () => parts.log.info({ delivery: delivery.id }, 'the answer did not come'),
    }),
  );
  crashPoint('C5');
  return record(parts, delivery, outcome);
}

/** An attempt that an earlier claim had begun: it is asked about, never sent again. */
async function resume(parts: SendParts, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  const { agent } = delivery.place;
  const attempt = attemptSchema.safeParse(delivery.invocation).data;
  // An earlier version has asked, in words of its own.
  if (attempt === undefined) return end(parts, delivery, 'unknown', unknown);
  const until = deadlineOf(parts, delivery);
  if (!parts.directory.here(agent) && Date.now() < until.getTime()) return record(parts, delivery, { kind: 'away' });
  const outcome = await unlessTooLong(graceMs, signal, (patience) =>
    settle(settleParts(parts, parts.log), attempt, until, patience),
  );
  return record(parts, delivery, outcome);
}

/** Throws LostClaim, or what `signal` is aborted with: then it is left as it stands, and claimed again. */
export function send(parts: SendParts, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  return delivery.state === 'sending' ? resume(parts, delivery, signal) : begin(parts, delivery, signal);
}
