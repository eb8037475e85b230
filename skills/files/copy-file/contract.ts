// What copy-file promises: a whole copy is in another place, and nothing was replaced.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, printable } from '../phrases.ts';
import { existsReason, tooManyReason, writeReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'copy-file',
  version: '1.0.0',
  title: 'Copy a file',
  description:
    'Copies a file, or a folder with all beneath it, within the workspace. Into a folder that is there it goes under its own name. Replaces nothing.',
  tags: ['files', 'copy', 'duplicate', 'backup', 'folder'],
  input: z.strictObject({
    from: pathField('the file or folder to copy'),
    to: pathField('the place of the copy: a new file name, or a folder to put it into'),
  }),
  output: z.strictObject({
    from: z.string().describe('what was copied'),
    to: z.string().describe('where the copy is'),
    kind: z.enum(['file', 'folder']).describe('what it is'),
    files: z.int().min(0).describe('how many files were copied'),
  }),
  errors: { ...writeReasons, ...existsReason, ...tooManyReason },
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 300_000,
  utterances: [
    'copy [the] [file] [folder] {from} (to|into|as) [the] [folder] {to}',
    'duplicate [the] [file] [folder] {from} (as|to) {to}',
    'make a copy of [the] [file] [folder] {from} (called|named|as|at|in) {to}',
    'make a copy of [the] [file] [folder] {from} and call it {to}',
    'back up [the] [file] [folder] {from} (to|in|into|as) {to}',
    'backup [the] [file] [folder] {from} (to|in|into|as) {to}',
    'save a copy of [the] [file] [folder] {from} (to|in|as) {to}',
    'put a copy of [the] [file] [folder] {from} (in|into) {to}',
    'cp {from} {to}',
  ],
  examples: [
    {
      says: 'copy notes/todo.txt to notes/list.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { from: 'notes/todo.txt', to: 'notes/list.txt' },
      output: { from: 'notes/todo.txt', to: 'notes/list.txt', kind: 'file', files: 1 },
    },
    {
      says: 'back up the folder notes to backup/',
      files: { 'notes/todo.txt': 'buy milk', 'notes/old/list.txt': 'eggs' },
      input: { from: 'notes', to: 'backup/' },
      output: { from: 'notes', to: 'backup/notes', kind: 'folder', files: 2 },
    },
  ],
  say({ from, to, kind, files }) {
    const held = kind === 'folder' ? ` (${countOf(files, 'file')})` : '';
    return `Copied the ${kind} ${printable(from)} to ${printable(to)}${held}.`;
  },
  ask: ({ from, to }) => `Copy ${printable(from)} to ${printable(to)}.`,
});
