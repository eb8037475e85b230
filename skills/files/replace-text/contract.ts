// What replace-text promises: each place where a file says one thing says another; what it said before is kept.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, printable, printableText } from '../phrases.ts';
import { binaryReason, changedReason, writeReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'replace-text',
  version: '1.0.0',
  title: 'Replace text in a file',
  description:
    'Replaces every place where a text file of the workspace holds some text by another text. The earlier content is kept as an artifact.',
  tags: ['files', 'edit', 'change', 'replace', 'substitute', 'text'],
  input: z.strictObject({
    path: pathField('the file to change'),
    oldText: z.string().min(1).max(10_000).describe('text to replace, exactly as it stands in the file'),
    newText: z.string().max(10_000).describe('text to put in its place'),
  }),
  output: z.strictObject({
    path: z.string().describe('the file that was changed'),
    replaced: z.int().min(1).describe('in how many places'),
    size: z.int().min(0).describe('its size in bytes afterwards'),
    earlier: artifactSchema.optional().describe('what the file held before'),
  }),
  errors: {
    ...writeReasons,
    ...changedReason,
    ...binaryReason,
    'no-match': 'The file does not hold the text to replace.',
  },
  // A write, and not destructive, because the earlier content is kept first.
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'replace {oldText} (with|by) {newText} in [the] [file] {path}',
    'in [the] [file] {path} replace {oldText} (with|by) {newText}',
    'change {oldText} (to|into) {newText} in [the] [file] {path}',
    'in [the] [file] {path} change {oldText} (to|into) {newText}',
    'substitute {newText} for {oldText} in [the] [file] {path}',
    'swap {oldText} for {newText} in [the] [file] {path}',
    'edit [the] [file] {path} and replace {oldText} (with|by) {newText}',
    'correct {oldText} to {newText} in [the] [file] {path}',
  ],
  examples: [
    {
      says: 'replace milk with oat milk in notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk, more milk' },
      input: { path: 'notes/todo.txt', oldText: 'milk', newText: 'oat milk' },
      output: {
        path: 'notes/todo.txt',
        replaced: 2,
        size: 27,
        earlier: {
          id: '00000000-0000-7000-8000-000000000001',
          name: 'todo.txt',
          mediaType: 'text/plain; charset=utf-8',
          bytes: 19,
          sha256: '802839b95ac6a99c71de11e7d3058e411a1190a0d6e32be04571581db16161c8',
        },
      },
    },
  ],
  redact: ['oldText', 'newText'],
  say({ path, replaced, earlier }) {
    const kept = earlier === undefined ? '' : ' What it held before is kept as an attachment.';
    return `Changed ${printable(path)} in ${countOf(replaced, 'place')}.${kept}`;
  },
  ask: ({ path, oldText, newText }) =>
    `In the file ${printable(path)}, replace every\n\n${printableText(oldText)}\n\nby\n\n${newText === '' ? '(nothing)' : printableText(newText)}`,
});
