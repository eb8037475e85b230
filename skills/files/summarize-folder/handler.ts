// Walks a folder once and counts, keeping only the few files that the answer names.
import { defineHandler, type FileInfo } from '@switchboard/contract';
import { nameOf, tidy } from '../path-field.ts';
import { contract } from './contract.ts';

const kindsMax = 10;
const namedMax = 5;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const count = { files: 0, folders: 0, bytes: 0, skipped: 0 };
    const kinds = new Map<string, { files: number; bytes: number }>();
    const newest: FileInfo[] = [];
    const largest: FileInfo[] = [];
    for await (const info of ctx.files.walk(path)) {
      if (info.kind === 'folder') count.folders += 1;
      if (info.unreadable === true) count.skipped += 1;
      if (info.kind !== 'file') continue;
      count.files += 1;
      count.bytes += info.size;
      const kind = kindOf(info.path);
      const { files, bytes } = kinds.get(kind) ?? { files: 0, bytes: 0 };
      kinds.set(kind, { files: files + 1, bytes: bytes + info.size });
      keep(newest, info, (a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime());
      keep(largest, info, (a, b) => b.size - a.size);
    }
    const byBytes = [...kinds].map(([kind, sums]) => ({ kind, ...sums })).sort((a, b) => b.bytes - a.bytes);
    return {
      path,
      ...count,
      kinds: byBytes.slice(0, kindsMax),
      newest: newest.map(toNamed),
      largest: largest.map(toNamed),
    };
  },
});

/** The first few in order; among equals the earlier path stays first. */
function keep(best: FileInfo[], info: FileInfo, order: (a: FileInfo, b: FileInfo) => number): void {
  best.push(info);
  best.sort(order);
  best.length = Math.min(best.length, namedMax);
}

function kindOf(path: string): string {
  const ending = /.(\.[^.\s]{1,10})$/u.exec(nameOf(path))?.[1];
  return ending?.toLowerCase() ?? 'no ending';
}

function toNamed({ path, size, modifiedAt }: FileInfo) {
  return { path, size, modifiedAt: modifiedAt.toISOString() };
}
