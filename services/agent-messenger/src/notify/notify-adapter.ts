// The notification capability of the messenger: ntfy, a webhook, or both.
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import {
  type NotificationRead,
  type NotificationSend,
  type NotificationWay,
  SkillError,
  SwitchboardError,
} from '@switchboard/contract';
import type { Ntfy } from './ntfy.ts';
import type { Posted } from './post.ts';
import { type Try, tryUntil } from './tries.ts';
import type { WebhookCaller } from './webhook.ts';

export interface NotifyOptions {
  readonly ntfy?: Ntfy;
  readonly webhook?: WebhookCaller;
  /** Between two tries, in milliseconds. */
  readonly pausesMs?: readonly number[];
}

/** Serves NotificationRead and NotificationSend. */
export function createNotifyAdapter(options: NotifyOptions): Required<NonNullable<CapabilityAdapters['notification']>> {
  const { ntfy, webhook } = options;
  const ways: readonly NotificationWay[] = [
    ...(ntfy ? ['ntfy' as const] : []),
    ...(webhook ? ['webhook' as const] : []),
  ];
  return {
    read: ({ invocationId, signal }: CallScope): NotificationRead => ({
      ways: () => ways,
      wasNotified: async (way, since) =>
        way === 'ntfy' ? await ntfy?.holds(keyOf(invocationId), since, signal) : undefined,
    }),
    external: (scope: CallScope): NotificationSend => ({
      async notify(way, notification, leaving) {
        const key = keyOf(scope.invocationId);
        const { signal, deadline } = scope;
        if (way === 'webhook' && webhook?.isGone()) throw gone();
        const send = way === 'ntfy' ? ntfy?.publish : webhook?.call;
        if (send === undefined) throw new SkillError('not-set-up', `There is no ${way} set up here.`);
        const since = new Date();
        const attempt = async (): Promise<Try<Posted>> => {
          await leaving();
          const posted = await send(notification, key, signal);
          return mayBeTriedAgain(way, posted) ? { again: posted, ...pauseOf(posted) } : { done: posted };
        };
        const posted = await tryUntil(deadline, signal, attempt, options.pausesMs);
        if (posted.kind === 'doubt' && way === 'ntfy' && (await ntfy?.holds(key, since, signal)) === true) return;
        judge(way, posted);
      },
    }),
  };
}

/** Of the step, whichever attempt it is: `<turn>-<step>`. */
function keyOf(invocationId: string): string {
  return invocationId.slice(0, invocationId.lastIndexOf('-'));
}

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** A key makes trying a webhook again harmless; anything else is tried again only when nothing was sent, or not taken. */
function mayBeTriedAgain(way: NotificationWay, posted: Posted): boolean {
  if (posted.kind === 'answered') return isPassing(posted.status);
  return posted.kind === 'not-sent' || way === 'webhook';
}

function pauseOf(posted: Posted): { afterMs?: number } {
  return posted.kind === 'answered' && posted.retryAfterMs !== undefined ? { afterMs: posted.retryAfterMs } : {};
}

/** Throws unless it was taken. */
function judge(way: NotificationWay, posted: Posted): void {
  if (posted.kind === 'not-sent') {
    throw new SwitchboardError('unavailable', `The ${way} server cannot be reached: nothing was sent.`, {
      cause: posted.error,
    });
  }
  if (posted.kind === 'doubt') {
    const message = `The ${way} server has not answered: the notification may have arrived, or not.`;
    throw new SwitchboardError('outcome-unknown', message, { cause: posted.error });
  }
  const { status } = posted;
  if (status >= 200 && status < 300) return;
  if (way === 'webhook' && status === 410) throw gone();
  if (isPassing(status)) {
    throw new SwitchboardError('unavailable', `The ${way} server does not take it now (HTTP ${status}).`);
  }
  throw new SkillError('rejected', rejection(way, status));
}

function rejection(way: NotificationWay, status: number): string {
  if (status >= 300 && status < 400) {
    return `The ${way} address sends elsewhere (HTTP ${status}), and that is not followed: set its final address.`;
  }
  if (way === 'ntfy' && (status === 401 || status === 403)) {
    return `The ntfy server does not let this agent publish (HTTP ${status}): look at NTFY_TOPIC and NTFY_TOKEN_FILE.`;
  }
  return `The ${way} server refused it (HTTP ${status}).`;
}

function gone(): SkillError {
  return new SkillError('disabled', 'The webhook said that it is gone (HTTP 410): set WEBHOOK_URL to another one.');
}
