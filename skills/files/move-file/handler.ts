// Moves a file or folder, and knows it again by its identity wherever it is.
import { defineHandler } from '@switchboard/contract';
import { z } from 'zod';
import { infoIfAny } from '../look.ts';
import { tidy } from '../path-field.ts';
import { placeFor } from '../place-for.ts';
import { contract } from './contract.ts';

const noteSchema = z.strictObject({ id: z.string(), to: z.string(), kind: z.enum(['file', 'folder']) });

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const from = tidy(input.from);
    const info = await ctx.files.info(from);
    const to = await placeFor(ctx.files, from, input.to);
    // What is neither a file nor a folder is refused by the move itself.
    const kind = info.kind === 'folder' ? ('folder' as const) : ('file' as const);
    await ctx.note({ id: info.id, to, kind } satisfies z.infer<typeof noteSchema>);
    await ctx.files.move(from, to);
    return { from, to, kind };
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const { id, to, kind } = noteSchema.parse(noted);
    const from = tidy(input.from);
    if ((await infoIfAny(ctx.files, from))?.id === id) return { outcome: 'not-done' };
    if ((await infoIfAny(ctx.files, to))?.id === id) return { outcome: 'done', output: { from, to, kind } };
    return { outcome: 'unknown' };
  },
});
