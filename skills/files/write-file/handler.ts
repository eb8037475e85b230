// Puts a text in the place of a file's content, and can tell afterwards whether it did.
import { artifactSchema, defineHandler, sha256 } from '@switchboard/contract';
import { z } from 'zod';
import { nameOf, tidy } from '../path-field.ts';
import { encodeText, inOnePiece } from '../text-content.ts';
import { contract } from './contract.ts';

/** Hashes of the content before (null: there was no file) and after. */
const noteSchema = z.strictObject({
  before: z.string().nullable(),
  after: z.string(),
  earlier: artifactSchema.optional(),
});
type Note = z.infer<typeof noteSchema>;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const bytes = encodeText(input.text);
    let note: Note | undefined;
    await ctx.files.update(path, async (content) => {
      note = { before: content === undefined ? null : sha256(content), after: sha256(bytes) };
      if (content !== undefined && note.before !== note.after) {
        const source = { mediaType: 'application/octet-stream', content: inOnePiece(content) };
        note.earlier = await ctx.artifact({ name: nameOf(path), ...source });
      }
      await ctx.note(note);
      return bytes;
    });
    return outputOf(path, bytes.length, note);
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const note = noteSchema.parse(noted);
    const path = tidy(input.path);
    const now = (await ctx.files.hash(path)) ?? null;
    if (now === note.after) return { outcome: 'done', output: outputOf(path, encodeText(input.text).length, note) };
    return { outcome: now === note.before ? 'not-done' : 'unknown' };
  },
});

function outputOf(path: string, size: number, note: Note | undefined) {
  const { earlier } = note ?? {};
  return { path, created: note?.before === null, size, ...(earlier && { earlier }) };
}
