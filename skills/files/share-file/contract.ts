// What share-file promises: one file of the workspace, whole, as an artifact that others can take.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable, sizeOf } from '../phrases.ts';
import { fileReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'share-file',
  version: '1.0.0',
  title: 'Share a file',
  description:
    'Gives one file of the workspace as an attachment, whatever it holds: to download it, or to hand it to another skill.',
  tags: ['files', 'share', 'attach', 'download', 'export'],
  input: z.strictObject({ path: pathField('the file to share') }),
  output: z.strictObject({
    path: z.string().describe('the file that was shared'),
    file: artifactSchema.describe('the file, as it was at this moment'),
  }),
  errors: { ...fileReasons, 'too-large': 'The file is larger than an attachment may be.' },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // It tells what the file is called, and nothing of what it holds.
  ingests: 'trusted',
  timeoutMs: 60_000,
  utterances: [
    'share [the] [file] {path}',
    'attach [the] [file] {path}',
    'export [the] [file] {path}',
    'download [the] [file] {path} [from the workspace]',
    '(give|send|get|hand) me the file {path}',
    '(give|get|hand) me {path} as (a file|an attachment|a download)',
    'let me (have|download) [the] [file] {path}',
    'I want to download [the] [file] {path}',
    'make [the] [file] {path} available [for download]',
  ],
  examples: [
    {
      says: 'share notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { path: 'notes/todo.txt' },
      output: {
        path: 'notes/todo.txt',
        file: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'todo.txt',
          mediaType: 'text/plain',
          bytes: 8,
          sha256: '933260194ce59178528d37861b7a69a5a7c221c81e8d7035474fd56acf895525',
        },
      },
    },
  ],
  say: ({ path, file }) => `${printable(path)} (${sizeOf(file.bytes)}) is attached.`,
});
