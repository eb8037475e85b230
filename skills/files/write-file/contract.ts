// What write-file promises: a file holds exactly this text; what it held before is kept.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable, printableText, sizeOf } from '../phrases.ts';
import { changedReason, writeReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'write-file',
  version: '1.0.0',
  title: 'Write a file',
  description:
    'Writes text to a file of the workspace, making the file and its folders where they are missing. It replaces what the file held; the earlier text is kept as an artifact.',
  tags: ['files', 'write', 'save', 'create', 'text'],
  input: z.strictObject({
    path: pathField('the file to write'),
    text: z.string().max(100_000).describe('text that the file shall hold'),
  }),
  output: z.strictObject({
    path: z.string().describe('the file that was written'),
    created: z.boolean().describe('whether the file is new'),
    size: z.int().min(0).describe('its size in bytes'),
    earlier: artifactSchema.optional().describe('what the file held before, where that was something else'),
  }),
  errors: { ...writeReasons, ...changedReason },
  // Replacing is a write, and not destructive, because the earlier content is kept first.
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'write {text} to [the] [file] {path}',
    'write {text} (in|into) [the] [file] {path}',
    'save {text} (to|as|in|into) [the] [file] {path}',
    'store {text} in [the] [file] {path}',
    'create [a] [the] [new] file {path} with [the] [text] [content] {text}',
    'make [a] [new] file {path} (with|that says|containing) {text}',
    'overwrite [the] [file] {path} with {text}',
    'put {text} (in|into) [a] [the] [new] [file] {path}',
    'set the (content|contents|text) of {path} to {text}',
  ],
  examples: [
    {
      says: 'write buy milk to notes/todo.txt',
      input: { path: 'notes/todo.txt', text: 'buy milk' },
      output: { path: 'notes/todo.txt', created: true, size: 8 },
    },
    {
      says: 'overwrite notes/todo.txt with buy bread',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { path: 'notes/todo.txt', text: 'buy bread' },
      output: {
        path: 'notes/todo.txt',
        created: false,
        size: 9,
        earlier: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'todo.txt',
          mediaType: 'application/octet-stream',
          bytes: 8,
          sha256: '933260194ce59178528d37861b7a69a5a7c221c81e8d7035474fd56acf895525',
        },
      },
    },
  ],
  redact: ['text'],
  say({ path, created, size, earlier }) {
    const name = printable(path);
    if (created) return `Created ${name} (${sizeOf(size)}).`;
    if (earlier === undefined) return `${name} holds this text already (${sizeOf(size)}).`;
    return `Wrote ${name} (${sizeOf(size)}). What it held before (${sizeOf(earlier.bytes)}) is kept as an attachment.`;
  },
  ask: ({ path, text }) =>
    `Write this to the file ${printable(path)}, in place of anything it holds:\n\n${printableText(text)}`,
});
