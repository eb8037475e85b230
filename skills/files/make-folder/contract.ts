// What make-folder promises: a folder is there.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { placeName, placeNameFirst } from '../phrases.ts';
import { pathReasons } from '../reasons.ts';

export const contract = defineContract({
  name: 'make-folder',
  version: '1.0.0',
  title: 'Make a folder',
  description: 'Makes a folder in the workspace, with the folders on the way to it.',
  tags: ['files', 'folder', 'directory', 'create', 'make', 'new'],
  input: z.strictObject({ path: pathField('the folder to make') }),
  output: z.strictObject({
    path: z.string().describe('the folder'),
    created: z.boolean().describe('false when it was there already'),
  }),
  errors: { ...pathReasons, 'no-space': 'The disk is full; nothing was changed.' },
  effects: [{ class: 'write', on: 'files' }],
  repeat: 'idempotent',
  ingests: 'trusted',
  timeoutMs: 15_000,
  utterances: [
    '(make|create) [me] [a] [the] [new] (folder|directory) [called] [named] {path}',
    '(make|create) {path} as a [new] (folder|directory)',
    '(add|start) a [new] (folder|directory) [called] [named] {path}',
    'new (folder|directory) {path}',
    'set up a (folder|directory) (called|named|for) {path}',
    'I need a [new] (folder|directory) [called] [named] {path}',
    'mkdir {path}',
    'I want a [new] (folder|directory) [called] [named] {path}',
  ],
  examples: [
    {
      says: 'make a folder notes',
      input: { path: 'notes' },
      output: { path: 'notes', created: true },
    },
    {
      says: 'mkdir photos/2026',
      files: { 'photos/2026/': '' },
      input: { path: 'photos/2026' },
      output: { path: 'photos/2026', created: false },
    },
  ],
  say({ path, created }) {
    return created ? `Made the folder ${placeName(path)}.` : `${placeNameFirst(path)} is there already.`;
  },
  ask: ({ path }) => `Make the folder ${placeName(path)}.`,
});
