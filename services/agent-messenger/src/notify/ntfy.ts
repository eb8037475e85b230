// ntfy: a push to every phone that has the topic, and a look at what the topic holds.
import type { Notification } from '@switchboard/contract';
import { z } from 'zod';
import { type Posted, post } from './post.ts';

const lookMsMax = 10_000;
const topicBytesMax = 4 * 1024 * 1024;
/** Between the clock here and the server's. */
const clocksApartMs = 10 * 60_000;

/** ntfy's own numbers. */
const priorities = { min: 1, low: 2, default: 3, high: 4, urgent: 5 } as const;

export interface NtfyOptions {
  /** `https://ntfy.example.org` */
  readonly url: string;
  readonly topic: string;
  readonly token: string | undefined;
}

export interface Ntfy {
  /** `key`: phones show one notification for each, the newest. Throws the signal's reason. */
  publish(notification: Notification, key: string, signal: AbortSignal): Promise<Posted>;
  /** undefined when the server does not say: the token may only publish. Throws the signal's reason. */
  holds(key: string, since: Date, signal: AbortSignal): Promise<boolean | undefined>;
}

const heldSchema = z.object({ sequence_id: z.string() });

export function createNtfy({ url, topic, token }: NtfyOptions): Ntfy {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    publish({ text, title, priority, tags, link }, key, signal) {
      // As JSON: in headers, a text could write others.
      const body = {
        topic,
        message: text,
        title,
        priority: priorities[priority],
        tags,
        click: link,
        sequence_id: key,
      };
      const headers = { ...authorization, 'content-type': 'application/json' };
      return post(url, { headers, body: JSON.stringify(body) }, signal);
    },

    async holds(key, since, signal) {
      const from = Math.floor((since.getTime() - clocksApartMs) / 1_000);
      const enough = AbortSignal.any([signal, AbortSignal.timeout(lookMsMax)]);
      try {
        const topicUrl = `${url.replace(/\/$/, '')}/${encodeURIComponent(topic)}/json?poll=1&since=${from}`;
        const response = await fetch(topicUrl, { headers: authorization, redirect: 'manual', signal: enough });
        if (!response.ok) return undefined;
        const lines = (await boundedText(response)).split('\n');
        return lines.some((line) => line.includes(key) && isOf(key, line));
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
  };
}

function isOf(key: string, line: string): boolean {
  return heldSchema.safeParse(JSON.parse(line)).data?.sequence_id === key;
}

/** Throws RangeError past the limit. */
async function boundedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > topicBytesMax) throw new RangeError('the topic holds more than is looked through');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
