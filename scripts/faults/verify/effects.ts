// What really happened outside: counts by key, from the world and from the files that the file skills wrote.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stage } from '../stage/stage.ts';

export interface Effects {
  /** Key → how often; a put counts once, for its end is the same. */
  readonly counts: ReadonlyMap<string, number>;
  /** Keys in the order in which they first happened, each place by itself. */
  readonly orders: readonly (readonly string[])[];
  /** Keys that were put more than once: allowed, and said. */
  readonly putAgain: number;
}

async function lines(folder: string, prefix: string): Promise<string[][]> {
  const names = await readdir(folder);
  return Promise.all(
    names
      .filter((name) => name.startsWith(prefix))
      .map(async (name) => (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '')),
  );
}

/** Of the keys that begin with `prefix`. */
export async function readEffects(stage: Stage, prefix: string): Promise<Effects> {
  const dump = await stage.world.dump();
  const own = (all: ReadonlyMap<string, number>) => new Map([...all].filter(([key]) => key.startsWith(prefix)));
  const acted = own(dump.acted);
  const put = own(dump.put);
  const counts = new Map(acted);
  for (const key of put.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const files = await lines(stage.workspace, prefix);
  for (const key of files.flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    counts,
    orders: [[...acted.keys()], [...put.keys()], ...files],
    putAgain: [...put.values()].filter((times) => times > 1).length,
  };
}
