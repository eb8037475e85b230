// What move-file promises: a file or folder is in another place, once, and nothing was replaced.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable } from '../phrases.ts';
import { existsReason, fileReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'move-file',
  version: '1.0.0',
  title: 'Move or rename a file',
  description:
    'Moves or renames a file or folder within the workspace. Into a folder that is there it goes under its own name. Replaces nothing.',
  tags: ['files', 'move', 'rename', 'folder', 'organize'],
  input: z.strictObject({
    from: pathField('the file or folder to move'),
    to: pathField('its new place: a new file name, or a folder to put it into'),
  }),
  output: z.strictObject({
    from: z.string().describe('where it was'),
    to: z.string().describe('where it is now'),
    kind: z.enum(['file', 'folder']).describe('what it is'),
  }),
  errors: { ...fileReasons, ...existsReason, 'no-space': 'The disk is full; nothing was changed.' },
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
  ],
  repeat: 'reconcilable',
  ingests: 'trusted',
  timeoutMs: 30_000,
  utterances: [
    'move [the] [file] [folder] {from} (to|into) [the] [folder] {to}',
    'rename [the] [file] [folder] {from} (to|as) {to}',
    'rename {from} {to}',
    'change the name of [the] [file] [folder] {from} to {to}',
    'put [the] file {from} (in|into) [the] [folder] {to}',
    'put [the] folder {from} (in|into) [the] [folder] {to}',
    'give [the] [file] [folder] {from} the name {to}',
    'call the file {from} {to} instead',
    'mv {from} {to}',
  ],
  examples: [
    {
      says: 'rename notes/todo.txt to notes/done.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { from: 'notes/todo.txt', to: 'notes/done.txt' },
      output: { from: 'notes/todo.txt', to: 'notes/done.txt', kind: 'file' },
    },
    {
      says: 'move notes/todo.txt into archive',
      files: { 'notes/todo.txt': 'buy milk', 'archive/': '' },
      input: { from: 'notes/todo.txt', to: 'archive' },
      output: { from: 'notes/todo.txt', to: 'archive/todo.txt', kind: 'file' },
    },
    {
      says: 'move the folder notes to old/notes',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { from: 'notes', to: 'old/notes' },
      output: { from: 'notes', to: 'old/notes', kind: 'folder' },
    },
  ],
  say: ({ from, to, kind }) => `Moved the ${kind} ${printable(from)} to ${printable(to)}.`,
  ask: ({ from, to }) => `Move ${printable(from)} to ${printable(to)}.`,
});
