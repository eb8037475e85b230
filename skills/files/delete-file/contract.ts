// What delete-file promises: one file, or one empty folder, is gone for good; and never more than that.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable } from '../phrases.ts';
import { pathReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'delete-file',
  version: '1.0.0',
  title: 'Delete a file',
  description:
    'Deletes one file, or an empty folder, from the workspace for good. A folder with something in it is for delete-folder.',
  tags: ['files', 'delete', 'remove', 'erase'],
  input: z.strictObject({ path: pathField('the file to delete') }),
  output: z.strictObject({
    path: z.string().describe('what was deleted'),
    kind: z.enum(['file', 'folder', 'link', 'other']).describe('what it was'),
  }),
  errors: { ...pathReasons, 'not-empty': 'The folder has something in it: that is for delete-folder.' },
  // A skill of its own for full folders, so that the person who approves reads how much goes.
  effects: [
    { class: 'read', on: 'files' },
    { class: 'destructive', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 15_000,
  utterances: [
    'delete [the] [file] {path}',
    'remove [the] [file] {path}',
    'erase [the] [file] {path}',
    'rm {path}',
    'get rid of [the] [file] {path}',
    'throw away [the] [file] {path}',
    'throw [the] file {path} away',
    'trash [the] [file] {path}',
    'delete the empty folder {path}',
  ],
  examples: [
    {
      says: 'delete notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { path: 'notes/todo.txt' },
      output: { path: 'notes/todo.txt', kind: 'file' },
    },
    {
      says: 'delete the empty folder notes',
      files: { 'notes/': '' },
      input: { path: 'notes' },
      output: { path: 'notes', kind: 'folder' },
    },
  ],
  say({ path, kind }) {
    const what = { file: '', folder: 'the empty folder ', link: 'the link ', other: '' }[kind];
    return `Deleted ${what}${printable(path)}.`;
  },
  ask: ({ path }) => `Delete ${printable(path)} for good. This cannot be undone.`,
});
