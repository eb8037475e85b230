// What has been taken from the inbox, on disk: a mail that was brought is not brought again, whatever becomes of its number.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../cursor.ts';

/** The names of the last mails; a server that numbers anew has no more than these to be told apart by. */
const keptMax = 1_000;

const positionSchema = z.strictObject({
  uidValidity: z.string().regex(/^\d+$/),
  /** Everything below is done with. */
  nextUid: z.int().min(1),
  /** When the last one that was done with had come in. */
  takenUntil: z.iso.datetime(),
  taken: z.array(z.string()).max(keptMax),
});
export type InboxPosition = z.infer<typeof positionSchema>;

/** Two people may send the same Message-ID, and one of them is not who they say. */
export function markOf({ address, messageId }: { address: string; messageId: string }): string {
  return createHash('sha256').update(`${address}\n${messageId}`).digest('base64url').slice(0, 22);
}

export interface InboxState {
  /** Undefined when nothing was ever taken. */
  read(): Promise<InboxPosition | undefined>;
  /** On the disk when it resolves. */
  write(position: InboxPosition): Promise<void>;
}

export function inboxState(cursor: Cursor): InboxState {
  return {
    async read() {
      const position = await cursor.read();
      return position === undefined ? undefined : positionSchema.parse(JSON.parse(position));
    },
    write: (position) => cursor.write(JSON.stringify({ ...position, taken: position.taken.slice(-keptMax) })),
  };
}
