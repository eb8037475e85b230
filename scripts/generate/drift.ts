// Whether the files that are committed are what the generator makes, and how they become so.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Generated } from './generated.ts';

/** Folders that hold generated files only: another file in them is left over. */
const generatedFolders = ['docs/reference', 'deploy/nats'];

export interface Drift {
  readonly path: string;
  readonly what: 'is missing' | 'is out of date' | 'is not generated any more';
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function filesIn(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

/** What differs from `generated`, by path. */
export function findDrift(root: string, generated: Generated): Drift[] {
  const drift: Drift[] = [];
  for (const [path, text] of generated) {
    const committed = read(join(root, path));
    if (committed === undefined) drift.push({ path, what: 'is missing' });
    else if (committed !== text) drift.push({ path, what: 'is out of date' });
  }
  return drift;
}

/** Files in the generated folders that nothing makes. */
export function findLeftovers(root: string, generated: Generated): Drift[] {
  return generatedFolders
    .flatMap((folder) => filesIn(root, folder))
    .filter((path) => !generated.has(path))
    .map((path) => ({ path, what: 'is not generated any more' }));
}

/** Writes what differs and removes what is left over. */
export function repairDrift(root: string, generated: Generated, drift: readonly Drift[]): void {
  for (const { path } of drift) {
    const text = generated.get(path);
    const file = join(root, path);
    if (text === undefined) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
