// What append-file promises: a text stands at the end of a file, on lines of its own, once.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable, printableText, sizeOf } from '../phrases.ts';
import { binaryReason, changedReason, writeReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'append-file',
  version: '1.0.0',
  title: 'Add to a file',
  description:
    'Adds text to the end of a text file in the workspace, on lines of its own; makes the file where it is missing.',
  tags: ['files', 'append', 'add', 'line', 'end', 'text'],
  input: z.strictObject({
    path: pathField('the file to add to'),
    text: z.string().min(1).max(100_000).describe('text to add at the end'),
  }),
  output: z.strictObject({
    path: z.string().describe('the file that was added to'),
    created: z.boolean().describe('whether the file is new'),
    size: z.int().min(0).describe('its size in bytes afterwards'),
  }),
  errors: { ...writeReasons, ...changedReason, ...binaryReason },
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'append {text} to [the] [file] {path}',
    'append to [the] [file] {path} [the] [text] {text}',
    'add {text} to [the] [file] {path}',
    'add [the] (line|text|note) {text} to [the] [end] [of] [the] [file] {path}',
    'add {text} (at|to) the end of [the] [file] {path}',
    'put {text} (at|on) the end of [the] [file] {path}',
    'write {text} at the end of [the] [file] {path}',
    'also write {text} (to|in|into) {path}',
    'note {text} in {path}',
  ],
  examples: [
    {
      says: 'add eggs to notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { path: 'notes/todo.txt', text: 'eggs' },
      output: { path: 'notes/todo.txt', created: false, size: 14 },
    },
    {
      says: 'append called Anna to log.txt',
      input: { path: 'log.txt', text: 'called Anna' },
      output: { path: 'log.txt', created: true, size: 12 },
    },
  ],
  redact: ['text'],
  say({ path, created, size }) {
    const name = printable(path);
    return created ? `Created ${name} (${sizeOf(size)}).` : `Added to ${name}, which is now ${sizeOf(size)}.`;
  },
  ask: ({ path, text }) => `Add this to the end of the file ${printable(path)}:\n\n${printableText(text)}`,
});
