// The fields of what is remembered, in one wording for all memory skills: forget takes it just as recall gives it.
import { factCharactersMax, factSchema, factsAtOnceMax } from '@switchboard/contract';
import { z } from 'zod';

export const topicField = z
  .string()
  .trim()
  .max(factCharactersMax)
  .optional()
  .describe('what it is about, in a few words; the newest facts when not there');

export const memorySchema = z.strictObject({
  facts: z
    .array(factSchema)
    .max(factsAtOnceMax)
    .describe('facts: each with its id, its text, who it comes from and whether it is always in view'),
});

export const foundFields = {
  memory: memorySchema.describe('what was found, as forget takes it'),
  more: z.boolean().describe('whether there are more than these'),
};
