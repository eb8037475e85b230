// Copies a file or folder, and can tell afterwards whether the copy is there.
import { defineHandler, type FilesRead, hashJson, type JsonValue } from '@switchboard/contract';
import { z } from 'zod';
import { infoIfAny } from '../look.ts';
import { tidy } from '../path-field.ts';
import { placeFor } from '../place-for.ts';
import { contract } from './contract.ts';

const noteSchema = z.strictObject({
  to: z.string(),
  kind: z.enum(['file', 'folder']),
  files: z.int().min(0),
  print: z.string(),
});

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const from = tidy(input.from);
    const to = await placeFor(ctx.files, from, input.to);
    const source = await printOf(ctx.files, from);
    await ctx.note({ to, ...source } satisfies z.infer<typeof noteSchema>);
    const { files } = await ctx.files.copy(from, to);
    return { from, to, kind: source.kind, files };
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const { to, kind, files, print } = noteSchema.parse(noted);
    if ((await infoIfAny(ctx.files, to)) === undefined) return { outcome: 'not-done' };
    if ((await printOf(ctx.files, to)).print !== print) return { outcome: 'unknown' };
    return { outcome: 'done', output: { from: tidy(input.from), to, kind, files } };
  },
});

/**
 * What tells a copy from another thing: a file's content; a folder's names and sizes, since a folder appears whole, and to
 * read all of it twice would cost more than the copy.
 */
async function printOf(
  files: FilesRead,
  path: string,
): Promise<{ kind: 'file' | 'folder'; files: number; print: string }> {
  if ((await files.info(path)).kind !== 'folder') {
    return { kind: 'file', files: 1, print: (await files.hash(path)) ?? 'gone' };
  }
  const entries: JsonValue[] = [];
  let count = 0;
  for await (const { path: full, kind, size } of files.walk(path)) {
    entries.push([full.slice(path.length), kind, size]);
    if (kind === 'file') count += 1;
  }
  return { kind: 'folder', files: count, print: hashJson(entries) };
}
