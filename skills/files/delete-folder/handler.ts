// Deletes a folder; a deletion that was cut short goes on where it stopped.
import { defineHandler, SkillError } from '@switchboard/contract';
import { z } from 'zod';
import { infoIfAny } from '../look.ts';
import { tidy } from '../path-field.ts';
import { contract } from './contract.ts';

const noteSchema = z.strictObject({ id: z.string() });

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { id, kind } = await ctx.files.info(path);
    if (kind !== 'folder') {
      throw new SkillError('not-folder', `${path} is not a folder. Say “delete ${path}” to delete it.`);
    }
    await ctx.note({ id } satisfies z.infer<typeof noteSchema>);
    const { files } = await ctx.files.remove(path, { recursive: true });
    return { path, files };
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const { id } = noteSchema.parse(noted);
    const path = tidy(input.path);
    const now = await infoIfAny(ctx.files, path);
    if (now === undefined) return { outcome: 'done', output: { path } };
    // While the folder is there it is the same one, perhaps with less in it: the next attempt takes the rest.
    return { outcome: now.id === id ? 'not-done' : 'unknown' };
  },
});
