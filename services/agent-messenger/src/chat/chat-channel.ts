// The way by which chat messages reach the gateway: one after another, each on its disk before the cursor moves on.
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, Door } from '@switchboard/agent';
import type { Life, Log } from '@switchboard/service';
import type { Cursor } from '../cursor.ts';
import type { ChatNetwork, IncomingChat } from './network.ts';
import { createPace, type Pace } from './pace.ts';

export interface ChatChannelOptions {
  readonly network: ChatNetwork;
  readonly cursor: Cursor;
  /** Whose messages are taken; everybody else's pass by unanswered. */
  readonly isAllowed: (address: string) => boolean;
}

/** A chat with somebody is one conversation. */
const thread = 'direct';
const againMs = 5_000;

/** The channel `chat`. */
export function chatChannel(options: ChatChannelOptions): Channel {
  return {
    name: 'chat',
    start(door: Door, life: Life) {
      const ending = new AbortController();
      const running = listen({ ...options, door, log: life.log, pace: createPace() }, ending.signal);
      return async () => {
        ending.abort(new Error('the agent is ending'));
        await running;
      };
    },
  };
}

interface Listening extends ChatChannelOptions {
  readonly door: Door;
  readonly log: Log;
  readonly pace: Pace;
}

async function listen(listening: Listening, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await follow(listening, signal);
    } catch (error) {
      if (signal.aborted) return;
      listening.log.error({ err: error }, 'chat messages cannot be brought: trying again');
      await delay(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** From where it stopped; the first time from now on, for what was said before nobody meant for it. */
async function follow(listening: Listening, signal: AbortSignal): Promise<void> {
  const { network, cursor } = listening;
  let position = await cursor.read();
  if (position === undefined) {
    position = await network.position(signal);
    if (position !== undefined) await cursor.write(position);
  }
  for await (const arrival of network.incoming(position, signal)) {
    if (arrival.message !== undefined) await take(arrival.message, listening, signal);
    if (arrival.position !== undefined) await cursor.write(arrival.position);
  }
}

async function take(message: IncomingChat, listening: Listening, signal: AbortSignal): Promise<void> {
  const { door, log, pace, isAllowed } = listening;
  const { id, from, authenticated, text, sentAt } = message;
  if (!isAllowed(from)) return log.info({ from }, 'a chat message from somebody who is not allowed');
  if (!pace.allows(from, sentAt)) return message.giveBack('Too many messages in a minute: this one was not read.');
  try {
    const { outcome } = await door.bring(
      { v: 1, messageId: id, address: from, authenticated, thread, receivedAt: sentAt.toISOString(), text },
      signal,
    );
    // Whoever is not known is not told that anybody is here.
    if (outcome !== 'unknown') message.taken();
  } catch (error) {
    signal.throwIfAborted();
    log.error({ err: error, message: id }, 'the gateway does not take a chat message');
    message.giveBack('This message could not be taken; nothing was done.');
  }
}
