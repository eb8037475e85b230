// The text files of the project, also where there is no git: a release unpacked is checked as a clone is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ProjectFile {
  /** Relative to the project, with `/` between parts. */
  readonly path: string;
  readonly text: string;
}

const textFile = /(\.(ts|mjs|json|jsonl|md|sql|pl|sh|yml|yaml|conf|example)|(^|\/)(run|Dockerfile|LICENSE|\.npmrc))$/;

/** The folders that .gitignore names. */
function ignoredFolders(root: string): ReadonlySet<string> {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  return new Set(['.git', ...lines.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1))]);
}

function pathsIn(root: string, folder: string, ignored: ReadonlySet<string>): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : pathsIn(root, path, ignored);
    return entry.isFile() && textFile.test(path) ? [path] : [];
  });
}

/** Every text file, sorted by path. */
export function projectFiles(root: string): ProjectFile[] {
  return pathsIn(root, '', ignoredFolders(root))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The line, from 1, that holds a position in a text. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
