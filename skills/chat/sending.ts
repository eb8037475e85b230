// Sends one message and can tell afterwards whether it did: what the chat skills share.
import type { ChatRead, ChatSend, JsonValue, SkillContextBase } from '@switchboard/contract';
import { z } from 'zod';

type Sending = SkillContextBase & { readonly chat: ChatSend };
type Looking = SkillContextBase & { readonly chat: ChatRead };

/** From when it may have been on its way. */
const noteSchema = z.strictObject({ leaving: z.iso.datetime() });

export async function sendOnce(ctx: Sending, message: { to: string; text: string }): Promise<{ delivered: boolean }> {
  return await ctx.chat.send(message, () => ctx.note({ leaving: new Date().toISOString() }));
}

/** The note comes before the first byte: where there is none, nothing was sent. Where there is, only finding it is proof. */
export async function whatBecameOf(
  ctx: Looking,
  to: string,
  noted: JsonValue | undefined,
): Promise<'done' | 'not-done' | 'unknown'> {
  if (noted === undefined) return 'not-done';
  const { leaving } = noteSchema.parse(noted);
  return (await ctx.chat.wasSent({ to, since: new Date(leaving) })) === true ? 'done' : 'unknown';
}
