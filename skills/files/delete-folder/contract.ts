// What delete-folder promises: one folder, with everything in it, is gone for good.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, printable } from '../phrases.ts';
import { pathReasons, tooManyReason } from '../reasons.ts';

export const contract = defineContract({
  name: 'delete-folder',
  version: '1.0.0',
  title: 'Delete a folder and everything in it',
  description: 'Deletes a folder of the workspace for good, with all files and folders in it.',
  tags: ['folder', 'directory', 'delete', 'remove', 'everything', 'recursive'],
  input: z.strictObject({ path: pathField('the folder to delete') }),
  output: z.strictObject({
    path: z.string().describe('the folder that was deleted'),
    files: z.int().min(0).optional().describe('how many files went with it, where that is known'),
  }),
  errors: { ...pathReasons, ...tooManyReason, 'not-empty': 'Something new was put into the folder meanwhile.' },
  effects: [
    { class: 'read', on: 'files' },
    { class: 'destructive', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 300_000,
  utterances: [
    'delete [the] [whole] (folder|directory) {path}',
    'delete [the] (folder|directory) {path} and (everything|all) (in it|inside)',
    'delete {path} and (everything|all) (in it|inside|beneath it)',
    'delete {path} with (everything|all) in it',
    'remove [the] [whole] (folder|directory) {path}',
    'remove [the] (folder|directory) {path} with all its contents',
    'erase [the] [whole] (folder|directory) {path}',
    'get rid of the [whole] (folder|directory) {path}',
    'throw away the [whole] folder {path}',
    'rm -r {path}',
    'rm -rf {path}',
  ],
  examples: [
    {
      says: 'delete the folder notes and everything in it',
      files: { 'notes/todo.txt': 'buy milk', 'notes/old/list.txt': 'eggs', 'keep.txt': '' },
      input: { path: 'notes' },
      output: { path: 'notes', files: 2 },
    },
  ],
  say({ path, files }) {
    const held = files === undefined ? '' : ` (${countOf(files, 'file')})`;
    return `Deleted the folder ${printable(path)} and everything in it${held}.`;
  },
  ask: ({ path }) => `Delete the folder ${printable(path)} and everything in it, for good. This cannot be undone.`,
});
