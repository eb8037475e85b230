// What summarize-folder promises: the shape of a folder in numbers.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, placeNameFirst, printable, sizeOf, table, timeOf } from '../phrases.ts';
import { pathReasons, tooManyReason } from '../reasons.ts';

const file = z.strictObject({ path: z.string(), size: z.int().min(0), modifiedAt: z.iso.datetime() });

export const contract = defineContract({
  name: 'summarize-folder',
  version: '1.0.0',
  title: 'Summarize a folder',
  description:
    'Gives an overview of a folder and all beneath it: how many files, how much space, which kinds, the newest and the largest.',
  tags: ['files', 'folder', 'overview', 'statistics', 'space', 'usage', 'largest', 'newest'],
  input: z.strictObject({ path: pathField('the folder to summarize').default('.') }),
  output: z.strictObject({
    path: z.string().describe('the folder'),
    files: z.int().min(0).describe('how many files are beneath it'),
    folders: z.int().min(0).describe('how many folders are beneath it'),
    bytes: z.int().min(0).describe('the size of all files together'),
    kinds: z
      .array(z.strictObject({ kind: z.string(), files: z.int().min(1), bytes: z.int().min(0) }))
      .describe('the ten kinds of file, by the end of the name, that take most space'),
    newest: z.array(file).describe('the five files that changed last'),
    largest: z.array(file).describe('the five largest files'),
    skipped: z.int().min(0).describe('how many folders could not be entered'),
  }),
  errors: { ...pathReasons, ...tooManyReason },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // Names of files are words that somebody else may have chosen.
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    '(summarize|summarise) [the] folder {path}',
    '(summarize|summarise) [my] [the] (workspace|files)',
    '[give me] [an] overview of [the] [folder] {path}',
    '[give me] [a] summary of [the] folder {path}',
    'how many files are in [the] [folder] {path}',
    'how many files do I have',
    'how big is [the] [my] workspace',
    'how much space does [the] [folder] {path} (take|use|need) [up]',
    'what takes [up] [the] [most] space in [the] [folder] {path}',
    '(what is|show me) the (largest|biggest|newest|latest) file in [the] [folder] {path}',
    'which files in [the] [folder] {path} are the (largest|biggest|newest|latest)',
    'how (big|large) is the folder {path}',
    'disk usage of {path}',
  ],
  examples: [
    {
      says: 'summarize the folder notes',
      files: { 'notes/todo.txt': 'buy milk', 'notes/old/list.txt': 'eggs', 'notes/README': 'notes of mine' },
      input: { path: 'notes' },
      output: {
        path: 'notes',
        files: 3,
        folders: 1,
        bytes: 25,
        kinds: [
          { kind: 'no ending', files: 1, bytes: 13 },
          { kind: '.txt', files: 2, bytes: 12 },
        ],
        newest: [
          { path: 'notes/README', size: 13, modifiedAt: '2026-01-01T00:00:00.000Z' },
          { path: 'notes/old/list.txt', size: 4, modifiedAt: '2026-01-01T00:00:00.000Z' },
          { path: 'notes/todo.txt', size: 8, modifiedAt: '2026-01-01T00:00:00.000Z' },
        ],
        largest: [
          { path: 'notes/README', size: 13, modifiedAt: '2026-01-01T00:00:00.000Z' },
          { path: 'notes/todo.txt', size: 8, modifiedAt: '2026-01-01T00:00:00.000Z' },
          { path: 'notes/old/list.txt', size: 4, modifiedAt: '2026-01-01T00:00:00.000Z' },
        ],
        skipped: 0,
      },
    },
    {
      says: 'how many files do I have',
      input: {},
      output: { path: '.', files: 0, folders: 0, bytes: 0, kinds: [], newest: [], largest: [], skipped: 0 },
    },
  ],
  say({ path, files, folders, bytes, kinds, newest, largest, skipped }) {
    const name = placeNameFirst(path);
    const beneath = folders > 0 ? ` and ${countOf(folders, 'folder')}` : '';
    const missed = skipped > 0 ? [`${countOf(skipped, 'folder')} could not be entered.`] : [];
    if (files === 0) return [`${name} holds no files${beneath}.`, ...missed].join(' ');
    return [
      `${name} holds ${countOf(files, 'file')}${beneath}, ${sizeOf(bytes)} in all.`,
      `By kind:\n${table(kinds.map((one) => [printable(one.kind), countOf(one.files, 'file'), sizeOf(one.bytes)]))}`,
      `Largest:\n${table(largest.map((one) => [printable(one.path), sizeOf(one.size)]))}`,
      `Newest:\n${table(newest.map((one) => [printable(one.path), timeOf(one.modifiedAt)]))}`,
      ...missed,
    ].join('\n\n');
  },
});
