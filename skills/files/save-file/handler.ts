// Puts what an artifact holds in the place of a file's content, and can tell afterwards whether it did.
import {
  type Artifact,
  artifactSchema,
  defineHandler,
  SkillError,
  SwitchboardError,
  sha256,
} from '@switchboard/contract';
import { z } from 'zod';
import { nameOf, tidy } from '../path-field.ts';
import { placeFor } from '../place-for.ts';
import { inOnePiece } from '../text-content.ts';
import { contract } from './contract.ts';

/** Where to, and the hashes of the content before (null: there was no file) and after. */
const noteSchema = z.strictObject({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string(),
  earlier: artifactSchema.optional(),
});
type Note = z.infer<typeof noteSchema>;

export const handler = defineHandler(contract, {
  async run(ctx, { content: artifact, path: wanted }) {
    const bytes = await bytesOf(artifact, ctx.content(artifact));
    // Whoever made it chose its name: of that, only the last part counts, and the workspace refuses what is no name.
    const path = await placeFor(ctx.files, tidy(artifact.name), wanted);
    let note: Note = { path, before: null, after: artifact.sha256 };
    await ctx.files.update(path, async (content) => {
      note = { path, before: content === undefined ? null : sha256(content), after: artifact.sha256 };
      if (content !== undefined && note.before !== note.after) {
        const source = { mediaType: 'application/octet-stream', content: inOnePiece(content) };
        note.earlier = await ctx.artifact({ name: nameOf(path), ...source });
      }
      await ctx.note(note);
      return bytes;
    });
    return outputOf(bytes.length, note);
  },

  async reconcile(ctx, { content: artifact }, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const note = noteSchema.parse(noted);
    const now = (await ctx.files.hash(note.path)) ?? null;
    if (now === note.after) return { outcome: 'done', output: outputOf(artifact.bytes, note) };
    return { outcome: now === note.before ? 'not-done' : 'unknown' };
  },
});

/** All of it: before the last piece nobody knows whether it is what was promised. */
async function bytesOf(artifact: Artifact, content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of content) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof SwitchboardError) || error.code !== 'not-found') throw error;
    throw new SkillError('gone', `${artifact.name} is not kept any more.`, { cause: error });
  }
  return Buffer.concat(pieces);
}

function outputOf(size: number, { path, before, earlier }: Note) {
  return { path, created: before === null, size, ...(earlier && { earlier }) };
}
