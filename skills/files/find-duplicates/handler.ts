// Groups files by size first, and reads only those that are not alone in theirs.
import { defineHandler, type FilesRead, SkillError } from '@switchboard/contract';
import { tidy } from '../path-field.ts';
import { fitItems } from '../text-content.ts';
import { contract } from './contract.ts';

const groupsMax = 50;
/** Of the time that is left, what the comparing may use: the rest is for the answer. */
const timeShare = 0.8;

export const handler = defineHandler(contract, {
  async run(ctx, input) {
    const path = tidy(input.path);
    const stopAt = Date.now() + (ctx.deadline.getTime() - Date.now()) * timeShare;
    const bySize = new Map<number, string[]>();
    const count = { compared: 0, skipped: 0 };
    for await (const info of ctx.files.walk(path)) {
      if (info.unreadable === true) count.skipped += 1;
      if (info.kind !== 'file') continue;
      count.compared += 1;
      // Empty files are all the same, and cost nothing.
      if (info.size > 0) addTo(bySize, info.size, info.path);
    }
    const groups: { size: number; paths: string[] }[] = [];
    for (const [size, paths] of bySize) {
      if (paths.length < 2) continue;
      const byHash = new Map<string, string[]>();
      for (const one of paths) {
        const hash = Date.now() > stopAt ? undefined : await hashOf(ctx.files, one);
        if (hash === undefined) count.skipped += 1;
        else addTo(byHash, hash, one);
      }
      groups.push(...[...byHash.values()].filter(({ length }) => length > 1).map((same) => ({ size, paths: same })));
    }
    groups.sort((a, b) => freed(b) - freed(a));
    const bytes = groups.reduce((sum, group) => sum + freed(group), 0);
    return { path, groups: fitItems(groups, groupsMax), total: groups.length, bytes, ...count };
  },
});

function addTo<Key>(groups: Map<Key, string[]>, key: Key, path: string): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [path]);
  else group.push(path);
}

function freed({ size, paths }: { size: number; paths: readonly string[] }): number {
  return size * (paths.length - 1);
}

/** undefined for what cannot be read, or is gone since it was listed. */
async function hashOf(files: FilesRead, path: string): Promise<string | undefined> {
  try {
    return await files.hash(path);
  } catch (error) {
    if (error instanceof SkillError) return undefined;
    throw error;
  }
}
