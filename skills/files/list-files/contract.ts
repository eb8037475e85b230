// What list-files promises: what a path holds, be it a folder's entries or, for "what is in …", a file's text.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, listed, placeNameFirst, printable, printableText, sizeOf, table, timeOf } from '../phrases.ts';
import { fileReasons, tooManyReason } from '../reasons.ts';
import { fitsSaying } from '../text-content.ts';

const entry = z.strictObject({
  name: z.string(),
  kind: z.enum(['file', 'folder', 'link', 'other']),
  size: z.int().min(0),
  modifiedAt: z.iso.datetime(),
});

export const contract = defineContract({
  name: 'list-files',
  version: '1.0.0',
  title: 'List files',
  description:
    'Lists what is in a folder of the workspace, with sizes and times; of a file it says that it is one, and shows its text.',
  tags: ['files', 'folder', 'list', 'directory', 'contents'],
  input: z.strictObject({ path: pathField('the folder (or file) to look into').default('.') }),
  output: z.strictObject({
    path: z.string().describe('what was looked into'),
    kind: z.enum(['folder', 'file']).describe('what it is'),
    total: z.int().min(0).describe('how many entries the folder has'),
    entries: z.array(entry).describe('the entries by name; fewer than total where they are too many for one answer'),
    file: z
      .strictObject({ size: z.int().min(0), binary: z.boolean(), text: z.string().optional() })
      .optional()
      .describe('for a file: its size in bytes, and its text unless that is long or there is none'),
  }),
  errors: { ...fileReasons, ...tooManyReason },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // Names of files are words that somebody else may have chosen, and a file may be shown too.
  ingests: 'untrusted',
  timeoutMs: 30_000,
  utterances: [
    'list [all] [the] [my] files',
    'list [the] (files|folders|contents) (in|of|inside) [the] [folder] {path}',
    'list [the] [folder] {path}',
    'what is (in|inside) [the] [my] [folder] [file] {path}',
    "what's (in|inside) [the] [my] [folder] [file] {path}",
    'what files are (in|inside) [the] [folder] {path}',
    'which files are [there] in [the] [folder] {path}',
    'show [me] [the] (files|contents) (in|of) [the] folder {path}',
    'show [me] [the] folder {path}',
    'show [me] [all] my files',
    'what files do I have',
    'what is here',
    'what is (in|inside) [the] [my] workspace',
    "what's (in|inside) [the] [my] workspace",
    '(list|show) [me] [the] [my] workspace',
    'ls',
    'ls {path}',
    'dir {path}',
  ],
  examples: [
    {
      says: 'what is in notes',
      files: { 'notes/todo.txt': 'buy milk', 'notes/archive/': '' },
      input: { path: 'notes' },
      output: {
        path: 'notes',
        kind: 'folder',
        total: 2,
        entries: [
          { name: 'archive', kind: 'folder', size: 0, modifiedAt: '2026-01-01T00:00:00.000Z' },
          { name: 'todo.txt', kind: 'file', size: 8, modifiedAt: '2026-01-01T00:00:00.000Z' },
        ],
      },
    },
    {
      says: 'what is in notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk' },
      input: { path: 'notes/todo.txt' },
      output: {
        path: 'notes/todo.txt',
        kind: 'file',
        total: 0,
        entries: [],
        file: { size: 8, binary: false, text: 'buy milk' },
      },
    },
    {
      says: 'list my files',
      input: {},
      output: { path: '.', kind: 'folder', total: 0, entries: [] },
    },
  ],
  redact: ['file'],
  say({ path, total, entries, file }) {
    const name = placeNameFirst(path);
    if (file !== undefined) return sayFile(name, file);
    if (total === 0) return `${name} is empty.`;
    const rows = entries.map((one) => [
      printable(one.name) + (one.kind === 'folder' ? '/' : ''),
      one.kind === 'file' ? sizeOf(one.size) : one.kind,
      timeOf(one.modifiedAt),
    ]);
    const missing = total - entries.length;
    const note = missing > 0 ? `\n\nOnly the first ${entries.length} of ${total} are shown.` : '';
    return `${name} holds ${tally(entries, missing)}:\n\n${table(rows)}${note}`;
  },
});

function tally(entries: readonly z.infer<typeof entry>[], missing: number): string {
  const folders = entries.filter(({ kind }) => kind === 'folder').length;
  const files = entries.filter(({ kind }) => kind === 'file').length;
  const others = entries.length - folders - files;
  if (missing > 0) return countOf(entries.length + missing, 'entry', 'entries');
  return listed([
    ...(files > 0 ? [countOf(files, 'file')] : []),
    ...(folders > 0 ? [countOf(folders, 'folder')] : []),
    ...(others > 0 ? [countOf(others, 'link or device', 'links or devices')] : []),
  ]);
}

function sayFile(
  name: string,
  { size, binary, text }: { size: number; binary: boolean; text?: string | undefined },
): string {
  if (size === 0) return `${name} is an empty file.`;
  if (binary) return `${name} is a file (${sizeOf(size)}) that does not hold text.`;
  const shown = printableText(text ?? '');
  if (text === undefined || !fitsSaying(shown))
    return `${name} is a text file (${sizeOf(size)}). Say “read ${name}” to see it.`;
  return `${name} is a file (${sizeOf(size)}):\n\n${shown}`;
}
