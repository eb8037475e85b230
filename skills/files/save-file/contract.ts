// What save-file promises: a file holds exactly what another skill made; what it held before is kept.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable, sizeOf } from '../phrases.ts';
import { changedReason, writeReasons } from '../reasons.ts';

const page = {
  id: '00000000-0000-7000-8000-0000000000aa',
  name: 'page.txt',
  mediaType: 'text/plain',
  bytes: 8,
  sha256: '933260194ce59178528d37861b7a69a5a7c221c81e8d7035474fd56acf895525',
};

export const contract = defineContract({
  name: 'save-file',
  version: '1.0.0',
  title: 'Save a file',
  description:
    'Puts what another skill has made, such as a screenshot, a PDF or an attachment, into a file of the workspace. It replaces what the file held; the earlier content is kept as an artifact.',
  tags: ['files', 'save', 'keep', 'store', 'attachment'],
  input: z.strictObject({
    content: artifactSchema.describe('what to save: a file, or something that gives one'),
    path: pathField('the file to save it as, or the folder to save it in'),
  }),
  output: z.strictObject({
    path: z.string().describe('the file that was saved'),
    created: z.boolean().describe('whether the file is new'),
    size: z.int().min(0).describe('its size in bytes'),
    earlier: artifactSchema.optional().describe('what the file held before, where that was something else'),
  }),
  errors: { ...writeReasons, ...changedReason, gone: 'What was to be saved is not kept any more.' },
  // Replacing is a write, and not destructive, because the earlier content is kept first.
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 60_000,
  utterances: [
    'save {content} (to|as|in|into|under) [the] [file] [folder] {path}',
    'put {content} (in|into) [the] [file] [folder] {path}',
    'store {content} (in|into|as|under) [the] [file] [folder] {path}',
    'keep {content} (in|as|under) [the] [file] [folder] {path}',
    'download {content} (to|as|into) [the] [file] [folder] {path}',
    'export {content} (to|as|into) [the] [file] [folder] {path}',
    'archive {content} (in|under) [the] [file] [folder] {path}',
    'save {content} with the name {path}',
  ],
  examples: [
    {
      says: 'save the page to notes/page.txt',
      input: { content: page, path: 'notes/page.txt' },
      output: { path: 'notes/page.txt', created: true, size: 8 },
    },
    {
      says: 'put the page into the folder notes/',
      input: { content: page, path: 'notes/' },
      output: { path: 'notes/page.txt', created: true, size: 8 },
    },
  ],
  say({ path, created, size, earlier }) {
    const name = printable(path);
    if (created) return `Saved ${name} (${sizeOf(size)}).`;
    if (earlier === undefined) return `${name} holds this already (${sizeOf(size)}).`;
    return `Saved ${name} (${sizeOf(size)}). What it held before (${sizeOf(earlier.bytes)}) is kept as an attachment.`;
  },
  ask: ({ content, path }) =>
    `Save ${printable(content.name)} (${printable(content.mediaType)}, ${sizeOf(content.bytes)}) as ${printable(path)}, in place of anything that is there.`,
});
