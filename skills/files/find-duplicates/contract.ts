// What find-duplicates promises: files with the very same content, and what they cost.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, placeName, printable, sizeOf, withinLimits } from '../phrases.ts';
import { pathReasons, tooManyReason } from '../reasons.ts';

export const contract = defineContract({
  name: 'find-duplicates',
  version: '1.0.0',
  title: 'Find duplicate files',
  description:
    'Finds files in a folder, and beneath it, that have exactly the same content, and says how much space that takes.',
  tags: ['files', 'duplicates', 'copies', 'same', 'clean up', 'space'],
  input: z.strictObject({ path: pathField('the folder to look through').default('.') }),
  output: z.strictObject({
    path: z.string().describe('the folder'),
    groups: z
      .array(z.strictObject({ size: z.int().min(1), paths: z.array(z.string()) }))
      .describe('files that are the same, by the space that could be freed; at most 50 groups'),
    total: z.int().min(0).describe('how many groups there are'),
    bytes: z.int().min(0).describe('the space that all copies but one of each take'),
    compared: z.int().min(0).describe('how many files were compared'),
    skipped: z.int().min(0).describe('how many files and folders could not be compared, or not in time'),
  }),
  errors: { ...pathReasons, ...tooManyReason },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // Names of files are words that somebody else may have chosen.
  ingests: 'untrusted',
  timeoutMs: 120_000,
  utterances: [
    'find [all] [the] duplicates',
    'find [all] [the] duplicates in [the] [folder] {path}',
    'find [all] [the] duplicate files',
    'find [all] [the] duplicate files in [the] [folder] {path}',
    'are there [any] (duplicates|duplicate files) in [the] [folder] {path}',
    'which files in [the] [folder] {path} are (the same|identical|duplicates)',
    'do I have [any] files twice',
    'look for (identical|duplicate) files',
    'show [me] files that are there twice in {path}',
    'list [all] [the] duplicate files in [the] [folder] {path}',
  ],
  examples: [
    {
      says: 'find duplicate files',
      files: { 'a.txt': 'same', 'b/c.txt': 'same', 'd.txt': 'else', 'empty.txt': '', 'void.txt': '' },
      input: {},
      output: {
        path: '.',
        groups: [{ size: 4, paths: ['a.txt', 'b/c.txt'] }],
        total: 1,
        bytes: 4,
        compared: 5,
        skipped: 0,
      },
    },
  ],
  say({ path, groups, total, bytes, compared, skipped }) {
    const missed =
      skipped > 0 ? ` ${countOf(skipped, 'file or folder', 'files or folders')} could not be compared.` : '';
    if (total === 0)
      return `There are no duplicates among the ${countOf(compared, 'file')} in ${placeName(path)}.${missed}`;
    const lines = groups.flatMap(({ size, paths }) => [
      `${sizeOf(size)} each:`,
      ...paths.map((one) => `  ${printable(one)}`),
    ]);
    const head = `In ${placeName(path)}, ${countOf(total, 'file is', 'files are')} there more than once; ${sizeOf(bytes)} could be freed.${missed}`;
    const missing = total > groups.length ? [`Only the first ${groups.length} of ${total} are shown.`] : [];
    return [head, withinLimits(lines), ...missing].join('\n\n');
  },
});
