// What is being said in a session, piece by piece, as it is written: for a terminal that shows it at once.
import { createParser } from 'eventsource-parser';
import { z } from 'zod';

/** The last of all sequences: what is on the record is not told again, only what is being written. */
const fromNowOn = String(2 ** 31 - 1);
const pauseMs = 1_000;

const deltaSchema = z.object({
  turn: z.string(),
  invocation: z.string(),
  kind: z.enum(['note', 'text', 'reset']),
  text: z.string(),
});
export type Delta = z.infer<typeof deltaSchema>;

export interface Place {
  readonly url: string;
  readonly key: string;
  readonly session: string;
}

export interface Hearing {
  readonly onDelta: (delta: Delta) => void;
  /** From now on nothing is missed; again after a connection broke. */
  readonly onOpen?: () => void;
}

/** Until the signal. A connection that breaks is made again: pieces are a courtesy, the answer is on the record. */
export async function hearText(
  { url, key, session }: Place,
  signal: AbortSignal,
  { onDelta, onOpen }: Hearing,
): Promise<void> {
  while (!signal.aborted) {
    const parser = createParser({
      onEvent({ event, data }) {
        const delta = event === 'delta' ? deltaSchema.safeParse(JSON.parse(data)) : undefined;
        if (delta?.success) onDelta(delta.data);
      },
    });
    try {
      const headers = { authorization: `Bearer ${key}`, 'last-event-id': fromNowOn };
      const { body } = await fetch(`${url}/v1/sessions/${session}/events`, { headers, signal });
      onOpen?.();
      const decoder = new TextDecoder();
      for await (const chunk of body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // The gateway is away, or we are to stop.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
