// What forget promises: these very facts are gone for good, and from what is kept of the turns they came up in.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { countOf } from '../../files/phrases.ts';
import { memorySchema } from '../memory-fields.ts';
import { linesOf } from '../memory-words.ts';

export const contract = defineContract({
  name: 'forget',
  version: '1.0.0',
  title: 'Forget facts',
  description: 'Forgets facts for good: takes what recall or recall-all found, whole, and removes exactly those facts.',
  tags: ['memory', 'forget', 'delete', 'fact', 'erase'],
  // Whole, so that what is approved is what is forgotten. The refinement is the agent's: no row, no question.
  input: z.strictObject({
    memory: memorySchema
      .refine(({ facts }) => facts.length > 0, 'Nothing that is remembered fits, so there is nothing to forget')
      .describe('the facts to forget, as they were found'),
  }),
  output: z.strictObject({ forgotten: z.int().min(1).describe('how many facts are gone') }),
  errors: { changed: 'What is remembered is not what was shown. Ask for it again.' },
  effects: [{ class: 'destructive', on: 'memory' }],
  repeat: 'idempotent',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'forget {memory}',
    'please forget {memory}',
    'you (can|may|should) forget {memory}',
    'stop remembering {memory}',
    'erase {memory} from your memory',
    'delete {memory} from your memory',
    'remove {memory} from your memory',
    'do not remember {memory} any more',
  ],
  examples: [
    {
      says: 'forget what you know about my sister',
      input: {
        memory: {
          facts: [
            {
              id: '00000000-0000-7000-8000-000000000001',
              text: "My sister's name is Maria",
              provenance: 'person',
              pinned: false,
              createdAt: '2026-01-01T00:00:00.000Z',
            },
          ],
        },
      },
      output: { forgotten: 1 },
    },
  ],
  redact: ['memory'],
  // Not what: then it would be kept.
  say: ({ forgotten }) => `Forgot ${countOf(forgotten, 'fact')}.`,
  ask: ({ memory: { facts } }) => `Forget for good:\n${linesOf(facts)}\n\nThis cannot be undone.`,
});
