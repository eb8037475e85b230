// A person's path, taken apart: the one place that decides which texts may name something beneath the workspace.
import { SkillError } from '@switchboard/contract';
import { errno } from './errno.ts';

/** Deeper than this is no path that a person types, and each level costs an open descriptor. */
const partsMax = 64;
/** What Linux takes for one name, in bytes. */
const nameBytesMax = 255;
/** Control characters and direction overrides: with them a name can be made to read as another one in an approval. */
const deceptive = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** A file that is being written lies beside its place under such a name. Nobody can name, list or read one. */
export const temporaryName = /^\.sb-[\w-]+\.tmp$/;

/**
 * `./notes//todo.txt/` → `['notes', 'todo.txt']`; the workspace itself is `[]`. Throws errno EXDEV for what points out of
 * the workspace (`..`, an absolute path, `~`, a backslash, NUL) and ENAMETOOLONG for what is no name.
 */
export function pathParts(path: string): string[] {
  if (path.startsWith('/') || path.includes('\\') || path.includes('\0')) throw errno('EXDEV');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || parts[0] === '~') throw errno('EXDEV');
  if (parts.length > partsMax || !parts.every(isName)) throw errno('ENAMETOOLONG');
  return parts;
}

function isName(part: string): boolean {
  return Buffer.byteLength(part) <= nameBytesMax && !deceptive.test(part) && !temporaryName.test(part);
}

export interface Place {
  readonly parents: readonly string[];
  readonly name: string;
  /** The whole path in its one spelling. */
  readonly path: string;
}

/** The folder and the name in it. Throws errno EISDIR for the workspace itself. */
export function placeOf(path: string): Place {
  const parts = pathParts(path);
  const name = parts.at(-1);
  if (name === undefined) throw errno('EISDIR');
  return { parents: parts.slice(0, -1), name, path: parts.join('/') };
}

/** As placeOf, for what is to be moved, copied or removed whatever it is. */
export function entryOf(path: string): Place {
  if (pathParts(path).length === 0)
    throw new SkillError('not-allowed', 'This cannot be done with the workspace itself.');
  return placeOf(path);
}
