// Walks a folder and looks for some words in each name and each text.
import { defineHandler, type FileInfo, type FilesRead, SkillError } from '@switchboard/contract';
import { nameOf, tidy } from '../path-field.ts';
import { decodeText, fitItems } from '../text-content.ts';
import { contract } from './contract.ts';

const matchesMax = 100;
const linesPerFileMax = 3;
const entriesMax = 50_000;
const fileBytesMax = 4 * 1024 * 1024;
const excerptCharactersMax = 160;
/** Of the time that is left, what the search may use: the rest is for the answer. */
const timeShare = 0.8;

interface Line {
  number: number;
  text: string;
}

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const query = input.query.toLowerCase();
    const stopAt = Date.now() + (ctx.deadline.getTime() - Date.now()) * timeShare;
    const matches: { path: string; kind: FileInfo['kind']; lines: Line[] }[] = [];
    const count = { searched: 0, binary: 0, skipped: 0 };
    let entries = 0;
    let cut: 'no' | 'matches' | 'entries' | 'time' = 'no';
    for await (const info of everythingAt(ctx.files, path)) {
      if (matches.length === matchesMax) cut = 'matches';
      else if (entries === entriesMax) cut = 'entries';
      else if (Date.now() > stopAt) cut = 'time';
      if (cut !== 'no') break;
      entries += 1;
      if (info.unreadable === true) count.skipped += 1;
      const lines = info.kind === 'file' ? await linesWith(ctx.files, info, query, count) : [];
      if (lines.length > 0 || nameOf(info.path).toLowerCase().includes(query)) {
        matches.push({ path: info.path, kind: info.kind, lines });
      }
    }
    const fitting = fitItems(matches, matchesMax);
    return { path, matches: fitting, ...count, cut: fitting.length < matches.length ? ('matches' as const) : cut };
  },
});

/** A file is searched as well as a folder. */
async function* everythingAt(files: FilesRead, path: string): AsyncGenerator<FileInfo> {
  const info = await files.info(path);
  if (info.kind === 'folder') yield* files.walk(path);
  else yield info;
}

async function linesWith(
  files: FilesRead,
  info: FileInfo,
  query: string,
  count: { searched: number; binary: number; skipped: number },
): Promise<Line[]> {
  const text = info.size > fileBytesMax ? 'skipped' : await textOf(files, info.path);
  if (text === 'binary' || text === 'skipped') {
    count[text] += 1;
    return [];
  }
  count.searched += 1;
  const lines: Line[] = [];
  // Most texts do not hold the words at all: only those that do are taken apart.
  if (!text.text.toLowerCase().includes(query)) return lines;
  for (const [index, line] of text.text.split('\n').entries()) {
    const at = line.toLowerCase().indexOf(query);
    if (at === -1) continue;
    lines.push({ number: index + 1, text: excerpt(line.replace(/\r$/, ''), at) });
    if (lines.length === linesPerFileMax) break;
  }
  return lines;
}

async function textOf(files: FilesRead, path: string): Promise<{ text: string } | 'binary' | 'skipped'> {
  try {
    const { bytes, size } = await files.read(path, { bytesMax: fileBytesMax });
    return decodeText(bytes, { whole: bytes.length === size }) ?? 'binary';
  } catch (error) {
    // Not readable, a hard link, or gone since it was listed: the search goes on without it, and says so.
    if (error instanceof SkillError) return 'skipped';
    throw error;
  }
}

/** A long line is cut around the words. */
function excerpt(line: string, at: number): string {
  if (line.length <= excerptCharactersMax) return line;
  const start = Math.max(0, at - excerptCharactersMax / 2);
  const part = line.slice(start, start + excerptCharactersMax).toWellFormed();
  return `${start > 0 ? '…' : ''}${part}${start + excerptCharactersMax < line.length ? '…' : ''}`;
}
