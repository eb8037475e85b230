// The files of the project, without git: what is ignored by it lies in folders that are known by name.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProjectFile {
  /** Relative to the project, with `/` between parts. */
  readonly path: string;
  readonly text: string;
}

const ignoredFolders: ReadonlySet<string> = new Set(['node_modules', '.git', '.switchboard', '.cache', 'coverage']);
const textFile = /(\.(ts|mjs|json|jsonl|md|sql|pl|sh|yml|yaml|conf|example)|(^|\/)(run|Dockerfile|LICENSE|\.npmrc))$/;

function pathsIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : pathsIn(root, path);
    return entry.isFile() && textFile.test(path) ? [path] : [];
  });
}

/** Every text file, sorted by path. */
export function projectFiles(root: string): ProjectFile[] {
  return pathsIn(root, '')
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The line, from 1, that holds a position in a text. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
