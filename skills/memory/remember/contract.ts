// What remember promises: one fact is kept beyond the session, once.
import { defineContract, factCharactersMax } from '@switchboard/contract';
import { z } from 'zod';
import { printable } from '../../files/phrases.ts';

export const contract = defineContract({
  name: 'remember',
  version: '1.0.0',
  title: 'Remember a fact',
  description:
    'Remembers one fact for the person beyond this session, in one sentence that can be understood on its own. With keep “always” it is in view in every session.',
  tags: ['memory', 'remember', 'fact', 'keep in mind', 'preference'],
  input: z.strictObject({
    statement: z.string().trim().min(1).max(factCharactersMax).describe('the fact, as a sentence of its own'),
    keep: z
      .enum(['always', 'when-asked'])
      .default('when-asked')
      .describe('always: in view in every session, for the few things that matter everywhere'),
  }),
  output: z.strictObject({
    id: z.string().describe('the id of the fact'),
    statement: z.string().describe('the fact as it is remembered'),
    pinned: z.boolean().describe('whether it is always in view'),
    source: z.enum(['person', 'agent', 'untrusted']).describe('who it comes from'),
  }),
  errors: {
    full: 'As many facts are remembered as may be: forget some first.',
    'too-many-pinned': 'As many facts are always in view as may be: forget one of them first.',
    empty: 'There is nothing in it to remember.',
  },
  effects: [{ class: 'write', on: 'memory' }],
  repeat: 'idempotent',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'remember that {statement}',
    'remember this: {statement}',
    'remember: {statement}',
    'remember {statement}',
    'please remember that {statement}',
    '{keep} remember that {statement}',
    '{keep} remember {statement}',
    'keep in mind that {statement}',
    '{keep} keep in mind that {statement}',
    "don't forget that {statement}",
    'do not forget that {statement}',
    'never forget that {statement}',
    'for the record: {statement}',
  ],
  examples: [
    {
      says: "remember that my sister's name is Maria",
      input: { statement: "my sister's name is Maria" },
      output: {
        id: '00000000-0000-7000-8000-000000000001',
        statement: "my sister's name is Maria",
        pinned: false,
        source: 'person',
      },
    },
  ],
  redact: ['statement'],
  say({ statement, pinned, source }, { keep }) {
    const text = printable(statement);
    if (pinned) return `Remembered, and always in view: ${text}`;
    const refused = keep === 'always' && source === 'untrusted';
    const why = 'It is not always in view, because it may come from what somebody else wrote.';
    return `Remembered: ${text}${refused ? `\n\n${why}` : ''}`;
  },
});
