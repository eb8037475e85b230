// What search-files promises: where a word is, in names and in texts, and what was not looked into.
import { defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { countOf, listed, placeName, printable, table } from '../phrases.ts';
import { fileReasons, tooManyReason } from '../reasons.ts';

const match = z.strictObject({
  path: z.string(),
  kind: z.enum(['file', 'folder', 'link', 'other']),
  lines: z.array(z.strictObject({ number: z.int().min(1), text: z.string() })),
});
type Match = z.infer<typeof match>;

export const contract = defineContract({
  name: 'search-files',
  version: '1.0.0',
  title: 'Search files',
  description:
    'Finds files and folders of the workspace whose name or text holds some words, whatever their case, and shows the lines.',
  tags: ['files', 'search', 'find', 'grep', 'where', 'contains'],
  input: z.strictObject({
    query: z.string().min(1).max(200).describe('words to search for'),
    path: pathField('the folder to search in').default('.'),
  }),
  output: z.strictObject({
    path: z.string().describe('where it was searched'),
    matches: z
      .array(match)
      .describe('what matches, by path; lines are the first that hold the words, none where only the name does'),
    searched: z.int().min(0).describe('how many files were looked into'),
    binary: z.int().min(0).describe('how many files do not hold text, and were searched by name only'),
    skipped: z.int().min(0).describe('how many files and folders could not be looked into, or are too large for it'),
    cut: z.enum(['no', 'matches', 'entries', 'time']).describe('whether it stopped before the end, and at which limit'),
  }),
  errors: { ...fileReasons, ...tooManyReason },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // It shows lines of files that somebody else may have written.
  ingests: 'untrusted',
  timeoutMs: 60_000,
  utterances: [
    'find {query}',
    'find {query} (in|inside|under) [the] [folder] {path}',
    'search [for] {query}',
    'search [for] {query} (in|inside|under) [the] [folder] {path}',
    'search [the] [folder] {path} for {query}',
    'search [my] [the] files for {query}',
    'look for {query}',
    'look for {query} in [the] [folder] {path}',
    'grep {query}',
    'grep for {query} in {path}',
    'find all {query} files',
    'find [all] [the] files (named|called|containing|with|mentioning) {query}',
    'which files (mention|contain|have) {query}',
    'where (is|did I write|did I put) {query}',
    'in which file is {query}',
  ],
  examples: [
    {
      says: 'find milk',
      files: { 'notes/todo.txt': 'eggs\nbuy Milk\n', 'milk.md': 'white', 'other.txt': 'bread' },
      input: { query: 'milk' },
      output: {
        path: '.',
        matches: [
          { path: 'milk.md', kind: 'file', lines: [] },
          { path: 'notes/todo.txt', kind: 'file', lines: [{ number: 2, text: 'buy Milk' }] },
        ],
        searched: 3,
        binary: 0,
        skipped: 0,
        cut: 'no',
      },
    },
    {
      says: 'find gold in notes',
      files: { 'notes/todo.txt': 'buy milk', 'gold.txt': '' },
      input: { query: 'gold', path: 'notes' },
      output: { path: 'notes', matches: [], searched: 1, binary: 0, skipped: 0, cut: 'no' },
    },
  ],
  redact: ['matches'],
  say({ path, matches, searched, binary, skipped, cut }, { query }) {
    const where = `in ${placeName(path)}`;
    const shown = `“${printable(query)}”`;
    const notes = [
      cut === 'no' ? '' : `It stopped early (${limits[cut]}): there may be more.`,
      skipped > 0 ? `${countOf(skipped, 'file or folder', 'files or folders')} could not be looked into.` : '',
    ].filter((note) => note !== '');
    const looked = `${countOf(searched, 'text')}${binary > 0 ? ` and the names of ${countOf(binary, 'other file')}` : ''}`;
    const answer =
      matches.length === 0
        ? `Nothing ${where} has ${shown} in its name or text; ${looked} searched.`
        : `${shown} is ${listed(summary(matches))} ${where}:\n\n${table(rows(matches))}`;
    return [answer, ...notes].join(matches.length === 0 ? ' ' : '\n\n');
  },
});

const limits = { matches: 'too many matches', entries: 'too many files', time: 'too little time' } as const;

function summary(matches: readonly Match[]): string[] {
  const texts = matches.filter(({ lines }) => lines.length > 0).length;
  const names = matches.length - texts;
  return [
    ...(texts > 0 ? [`in ${countOf(texts, 'text')}`] : []),
    ...(names > 0 ? [`in ${countOf(names, 'name')}`] : []),
  ];
}

function rows(matches: readonly Match[]): string[][] {
  return matches.flatMap(({ path, kind, lines }) => {
    const name = printable(path) + (kind === 'folder' ? '/' : '');
    return lines.length === 0
      ? [[name]]
      : lines.map(({ number, text }) => [`${name}:${number}`, printable(text.replaceAll('\t', '  '))]);
  });
}
