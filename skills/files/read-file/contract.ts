// What read-file promises: the text of one file, whole or clearly marked as a part.
import { artifactSchema, defineContract } from '@switchboard/contract';
import { z } from 'zod';
import { pathField } from '../path-field.ts';
import { printable, printableText, sizeOf } from '../phrases.ts';
import { binaryReason, fileReasons } from '../reasons.ts';
import { fitsSaying, startOf } from '../text-content.ts';

export const contract = defineContract({
  name: 'read-file',
  version: '1.0.0',
  title: 'Read a file',
  description: 'Shows the text of one file in the workspace. A long text is attached whole.',
  tags: ['files', 'read', 'text', 'open', 'show'],
  input: z.strictObject({ path: pathField('the file to read') }),
  output: z.strictObject({
    path: z.string().describe('the file that was read'),
    size: z.int().min(0).describe('size of the whole file in bytes'),
    text: z.string().describe('the text, or its beginning when truncated'),
    truncated: z.boolean().describe('whether text is only the beginning'),
    lossy: z.boolean().describe('whether some bytes are not UTF-8 and show as U+FFFD'),
    artifact: artifactSchema.optional().describe('the whole file, where it is longer than can be shown at once'),
  }),
  errors: {
    ...fileReasons,
    ...binaryReason,
    'too-large': 'The file grew past what can be attached while it was read.',
  },
  effects: [{ class: 'read', on: 'files' }],
  repeat: 'safe',
  // A file in the workspace may be a download or a mail's attachment: its words are not the person's until they say so.
  ingests: 'untrusted',
  timeoutMs: 30_000,
  utterances: [
    'read [me] [the] [file] {path}',
    'show [me] [the] [file] {path}',
    'open [the] [file] {path}',
    'display [the] [file] {path}',
    'print [the] [file] {path}',
    'cat {path}',
    'what does [the] [file] {path} say',
    '(show|give) me the (text|contents|content) of [the] [file] {path}',
    '[let me] see the file {path}',
    'what did I write in [the] [file] {path}',
    'what is written in [the] [file] {path}',
  ],
  examples: [
    {
      says: 'read notes/todo.txt',
      files: { 'notes/todo.txt': 'buy milk\n' },
      input: { path: 'notes/todo.txt' },
      output: { path: 'notes/todo.txt', size: 9, text: 'buy milk\n', truncated: false, lossy: false },
    },
    {
      says: 'show me the file ./empty.txt',
      files: { 'empty.txt': '' },
      input: { path: './empty.txt' },
      output: { path: 'empty.txt', size: 0, text: '', truncated: false, lossy: false },
    },
  ],
  redact: ['text'],
  say({ path, size, text, truncated, lossy, artifact }) {
    if (size === 0) return `${printable(path)} is empty.`;
    const note = lossy ? '; some characters could not be read' : '';
    const heading = `${printable(path)} (${sizeOf(size)}${note}):`;
    const shown = printableText(text);
    if (!truncated && fitsSaying(shown)) return `${heading}\n\n${shown}`;
    const whole = artifact === undefined ? 'the file is too large to attach' : 'the whole file is attached';
    return `${heading}\n\n${startOf(shown)}\n\n… This is only the beginning: ${whole}.`;
  },
});
