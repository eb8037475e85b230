// The channel `mail`: what people write to the mailbox is brought to the gateway, each mail once, the oldest first.
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, Door } from '@switchboard/agent';
import { toErrorInfo } from '@switchboard/contract';
import type { Life, Log } from '@switchboard/service';
import type { MailAccount } from '../account.ts';
import { imapFailure } from '../failures.ts';
import { followInbox } from './follow-inbox.ts';
import type { InboxState } from './inbox-state.ts';
import type { InboxRules } from './incoming.ts';

const pauseMsMin = 1_000;
const pauseMsMax = 60_000;

export interface MailChannelOptions {
  readonly account: MailAccount;
  readonly state: InboxState;
  readonly rules: InboxRules;
}

export interface Following extends MailChannelOptions {
  readonly door: Door;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The mailbox is open. */
  readonly onOpen: () => void;
  /** The mail that could not be fetched last, and how often in a row. */
  readonly stuck: { uid: number; times: number };
}

export function mailChannel(options: MailChannelOptions): Channel {
  return {
    name: 'mail',
    start(door: Door, life: Life) {
      const ending = new AbortController();
      const running = listen({ ...options, door, log: life.log, signal: ending.signal });
      return async () => {
        ending.abort(new Error('the agent is ending'));
        await running;
      };
    },
  };
}

/** A mailbox that is away is tried again, ever more slowly. */
async function listen(following: Omit<Following, 'onOpen' | 'stuck'>): Promise<void> {
  const { log, signal } = following;
  const stuck = { uid: 0, times: 0 };
  let pauseMs = pauseMsMin;
  const onOpen = (): void => {
    log.info('the inbox is open');
    pauseMs = pauseMsMin;
  };
  while (!signal.aborted) {
    const failure: unknown = await followInbox({ ...following, onOpen, stuck }).catch((error: unknown) => error);
    if (signal.aborted) return;
    log.warn({ ...toErrorInfo(imapFailure(failure)), pauseMs }, 'the inbox is away');
    await pause(pauseMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
  }
}
