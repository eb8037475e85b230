// Changes a text in place, and can tell afterwards whether it did.
import { artifactSchema, defineHandler, SkillError, sha256 } from '@switchboard/contract';
import { z } from 'zod';
import { nameOf, tidy } from '../path-field.ts';
import { decodeText, encodeText, inOnePiece } from '../text-content.ts';
import { contract } from './contract.ts';

/** Hashes of the content before and after, and what the answer will say. */
const noteSchema = z.strictObject({
  before: z.string(),
  after: z.string(),
  replaced: z.int().min(1),
  size: z.int().min(0),
  earlier: artifactSchema.optional(),
});
type Note = z.infer<typeof noteSchema>;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    let note: Note | undefined;
    await ctx.files.update(path, async (content) => {
      const { replaced, after, before } = change(path, content, input);
      note = { before: sha256(before), after: sha256(after), replaced, size: after.length };
      if (note.before !== note.after) {
        const source = { mediaType: 'text/plain; charset=utf-8', content: inOnePiece(before) };
        note.earlier = await ctx.artifact({ name: nameOf(path), ...source });
      }
      await ctx.note(note);
      return after;
    });
    if (note === undefined) throw new Error('the update did not call its change');
    return outputOf(path, note);
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const note = noteSchema.parse(noted);
    const path = tidy(input.path);
    const now = await ctx.files.hash(path);
    if (now === note.after) return { outcome: 'done', output: outputOf(path, note) };
    return { outcome: now === note.before ? 'not-done' : 'unknown' };
  },
});

function change(
  path: string,
  content: Uint8Array | undefined,
  { oldText, newText }: { oldText: string; newText: string },
): { before: Uint8Array; after: Uint8Array; replaced: number } {
  if (content === undefined) throw new SkillError('not-found', `There is no ${path} in the workspace.`);
  const decoded = decodeText(content, { whole: true });
  // Bytes that are not UTF-8 would not come back as they were.
  if (decoded === undefined || decoded.lossy) throw new SkillError('binary', `${path} does not hold text in UTF-8.`);
  const parts = decoded.text.split(oldText);
  if (parts.length === 1) throw new SkillError('no-match', `${path} does not hold this text; nothing was changed.`);
  const mark = hasByteOrderMark(content) ? '\ufeff' : '';
  return { before: content, after: encodeText(mark + parts.join(newText)), replaced: parts.length - 1 };
}

/** The decoder takes it away; it belongs to the file. */
function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function outputOf(path: string, { replaced, size, earlier }: Note) {
  return { path, replaced, size, ...(earlier && { earlier }) };
}
