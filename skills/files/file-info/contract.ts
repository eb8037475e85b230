// What file-info promises: facts about one file or folder, without showing what is in it.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, placeNameFirst, sizeOf, timeOf } from '../phrases.ts';
import { fileReasons, tooManyReason } from '../reasons.ts';

export const contract = defineContract({
  name: 'file-info',
  version: '1.0.0',
  title: 'Facts about a file',
  description:
    'Tells the size, kind and time of change of a file or folder; of a text also its lines and words, of a file its SHA-256.',
  tags: ['files', 'size', 'date', 'checksum', 'count', 'words', 'lines'],
  input: z.strictObject({ path: pathField('the file or folder to tell about') }),
  output: z.strictObject({
    path: z.string().describe('the file or folder'),
    kind: z.enum(['file', 'folder', 'link', 'other']).describe('what it is'),
    size: z.int().min(0).describe('size in bytes; 0 for anything but a file'),
    modifiedAt: z.iso.datetime().describe('when it was last changed'),
    entries: z.int().min(0).optional().describe('how many entries a folder has'),
    text: z
      .strictObject({ lines: z.int().min(0), words: z.int().min(0) })
      .optional()
      .describe('lines and words of a file that holds text'),
    sha256: z.string().optional().describe('SHA-256 of a file up to 256 MiB, in hex'),
  }),
  errors: { ...fileReasons, ...tooManyReason },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  ingests: 'trusted',
  timeoutMs: 60_000,
  utterances: [
    '(info|information|facts|details) (on|about|for|of) [the] [file] [folder] {path}',
    '[tell me] about the file {path}',
    'how (big|large|long) is [the] [file] {path}',
    '(what is|get) the size of [the] [file] {path}',
    'when was [the] [file] {path} [last] (changed|modified|written|edited)',
    'when did [the] [file] {path} [last] change',
    'what kind of (file|thing) is {path}',
    'how many (words|lines) are in [the] [file] {path}',
    'count [the] (words|lines) (in|of) [the] [file] {path}',
    'does [the] [file] {path} exist',
    '[what is] the (checksum|hash|sha256) of [the] [file] {path}',
    'stat {path}',
  ],
  examples: [
    {
      says: 'how many words are in notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk\nbuy eggs\n' },
      input: { path: 'notes/todo.txt' },
      output: {
        path: 'notes/todo.txt',
        kind: 'file',
        size: 18,
        modifiedAt: '2026-01-01T00:00:00.000Z',
        text: { lines: 2, words: 4 },
        sha256: '3825cca133a040307b932b94afadb5f892bfbd606d2745ef3246b6d72e083d37',
      },
    },
    {
      says: 'info about notes',
      files: { 'notes/a': '', 'notes/b': '' },
      input: { path: 'notes' },
      output: { path: 'notes', kind: 'folder', size: 0, modifiedAt: '2026-01-01T00:00:00.000Z', entries: 2 },
    },
  ],
  say({ path, kind, size, modifiedAt, entries, text, sha256 }) {
    const name = placeNameFirst(path);
    const changed = `It was last changed on ${timeOf(modifiedAt)}.`;
    if (kind === 'folder') return `${name} is a folder with ${countOf(entries ?? 0, 'entry', 'entries')}. ${changed}`;
    if (kind === 'link') return `${name} is a symbolic link; links are not followed. ${changed}`;
    if (kind === 'other') return `${name} is a device, a pipe or a socket. ${changed}`;
    const what = text && `${countOf(text.lines, 'line')} and ${countOf(text.words, 'word')}`;
    const hash = sha256 === undefined ? '' : `\nSHA-256: ${sha256}`;
    return `${name} is a file of ${sizeOf(size)} ${what === undefined ? 'that does not hold text' : `with ${what}`}. ${changed}${hash}`;
  },
});
