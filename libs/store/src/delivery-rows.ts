// What goes back over a channel: where it goes, and how it is put into the queue.
import { hashJson } from '@switchboard/contract';
import { json } from './emit.ts';
import type { Sql } from './sql.ts';

/** One conversation with one address, over one agent. */
export interface ThreadPlace {
  readonly agent: string;
  readonly channel: string;
  readonly address: string;
  /** In the agent's own terms. */
  readonly thread: string;
  readonly subject?: string | undefined;
}

/** One value for a conversation, however long its parts are. */
export function threadKey({ agent, channel, address, thread }: ThreadPlace): string {
  return hashJson([agent, channel, address, thread]);
}

/** In the transaction `sql` of what it tells of. What turns end or ask with, the database queues by itself. */
export async function queueNotice(sql: Sql, principalId: string, place: ThreadPlace, text: string): Promise<void> {
  await sql`
    INSERT INTO deliveries (id, principal_id, thread_key, agent, channel, address, thread, subject, body)
    VALUES (new_id(), ${principalId}, ${threadKey(place)}, ${place.agent}, ${place.channel}, ${place.address}, ${place.thread},
      ${place.subject ?? null}, ${json(sql, { text })})`;
}
