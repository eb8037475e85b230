// The ways by which messages reach an agent from outside: each is brought to the gateway, and taken once that has it on disk.
import type { Bus } from '@switchboard/bus';
import type { InboundReply, MessageOf } from '@switchboard/contract';
import type { Life } from '@switchboard/service';
import { askGateway } from './ask-gateway.ts';

export interface Door {
  /**
   * Resolves when what comes of the message is on the gateway's disk, however long that takes: only then may the channel
   * forget it. The same `messageId` may be brought again, and counts once. Throws SwitchboardError when the gateway will
   * never take this message, and the signal's reason.
   */
  bring(message: MessageOf<'inbound'>, signal: AbortSignal): Promise<InboundReply>;
}

export interface Channel {
  /** A name as skills have them: the last token of `sb.inbound.<agent>.<channel>`. */
  readonly name: string;
  /**
   * Begins to listen, and returns at once: a counterpart that is away is waited for. What it returns ends it, within a
   * second.
   */
  start(door: Door, life: Life): () => Promise<void>;
}

/** Starts them all. What it returns ends them all. */
export function openChannels(channels: readonly Channel[], bus: Bus, agent: string, life: Life): () => Promise<void> {
  const ends = channels.map(({ name, start }) => {
    const door: Door = {
      bring: (message, signal) => askGateway(bus, 'inbound', { agent, channel: name }, message, signal),
    };
    return start(door, life);
  });
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}
