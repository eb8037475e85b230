// Where a file goes when a person names a folder: into it, under the name it has.
import type { FilesRead } from '@switchboard/contract';
import { infoIfAny } from './look.ts';
import { nameOf, tidy } from './path-field.ts';

/** `from` is tidy. `to` is a folder when there is one, or when it ends in `/`. */
export async function placeFor(files: Pick<FilesRead, 'info'>, from: string, to: string): Promise<string> {
  const place = tidy(to);
  const there = await infoIfAny(files, place);
  const isFolder = there === undefined ? to.endsWith('/') : there.kind === 'folder';
  return isFolder ? tidy(`${place}/${nameOf(from)}`) : place;
}
