// Deletes one thing, and afterwards knows by its identity whether it is gone.
import { defineHandler, SkillError } from '@switchboard/contract';
import { z } from 'zod';
import { infoIfAny } from '../look.ts';
import { tidy } from '../path-field.ts';
import { contract } from './contract.ts';

const noteSchema = z.strictObject({ id: z.string(), kind: z.enum(['file', 'folder', 'link', 'other']) });

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const { id, kind } = await ctx.files.info(path);
    await ctx.note({ id, kind } satisfies z.infer<typeof noteSchema>);
    try {
      await ctx.files.remove(path, { recursive: false });
    } catch (error) {
      if (!(error instanceof SkillError) || error.reason !== 'not-empty') throw error;
      const advice = `Say “delete folder ${path}” to delete it with everything in it.`;
      throw new SkillError('not-empty', `The folder ${path} is not empty. ${advice}`);
    }
    return { path, kind };
  },

  async reconcile(ctx, input, noted) {
    // The note comes before the effect: where there is none, nothing was done.
    if (noted === undefined) return { outcome: 'not-done' };
    const { id, kind } = noteSchema.parse(noted);
    const path = tidy(input.path);
    const now = await infoIfAny(ctx.files, path);
    if (now === undefined) return { outcome: 'done', output: { path, kind } };
    // Something else has come in its place: whoever made that may have taken the old one away, or we.
    return { outcome: now.id === id ? 'not-done' : 'unknown' };
  },
});
