// Adds lines to a file, and can tell afterwards whether it did, even when others have added more since.
import { defineHandler, SkillError, sha256 } from '@switchboard/contract';
import { z } from 'zod';
import { tidy } from '../path-field.ts';
import { decodeText, encodeText } from '../text-content.ts';
import { contract } from './contract.ts';

const state = z.strictObject({ sha256: z.string(), size: z.int().min(0) });
/** The content before (null: there was no file) and after. */
const noteSchema = z.strictObject({ before: state.nullable(), after: state });
type Note = z.infer<typeof noteSchema>;

const newline = 10;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { created, size } = await ctx.files.update(path, async (content) => {
      const after = withLines(path, content, input.text);
      await ctx.note({ before: content === undefined ? null : stateOf(content), after: stateOf(after) } satisfies Note);
      return after;
    });
    return { path, created, size };
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const { before, after } = noteSchema.parse(noted);
    const path = tidy(input.path);
    if ((await ctx.files.hash(path)) === undefined) return { outcome: before === null ? 'not-done' : 'unknown' };
    const { bytes, size } = await ctx.files.read(path, { bytesMax: after.size });
    if (startsWith(bytes, after)) return { outcome: 'done', output: { path, created: before === null, size } };
    // It begins as it did before and goes on with other lines than ours: those are somebody else's.
    return { outcome: before !== null && startsWith(bytes, before) ? 'not-done' : 'unknown' };
  },
});

function withLines(path: string, content: Uint8Array | undefined, text: string): Uint8Array {
  const before = content ?? new Uint8Array();
  if (decodeText(before, { whole: true }) === undefined) {
    throw new SkillError('binary', `${path} does not hold text; nothing was added.`);
  }
  const start = before.length === 0 || before.at(-1) === newline ? '' : '\n';
  const addition = encodeText(start + text + (text.endsWith('\n') ? '' : '\n'));
  const after = new Uint8Array(before.length + addition.length);
  after.set(before);
  after.set(addition, before.length);
  return after;
}

function stateOf(bytes: Uint8Array): z.infer<typeof state> {
  return { sha256: sha256(bytes), size: bytes.length };
}

function startsWith(bytes: Uint8Array, start: z.infer<typeof state>): boolean {
  return bytes.length >= start.size && sha256(bytes.subarray(0, start.size)) === start.sha256;
}
