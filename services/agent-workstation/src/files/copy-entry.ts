// Copies a file, or a folder with all beneath it: complete under a temporary name first, so that half a copy is never seen.
import { type FileHandle, mkdir } from 'node:fs/promises';
import { at, lookAt, openChildFolder, openFile, openFolder, statAt } from './beneath.ts';
import { errno, refusing, refusingEach } from './errno.ts';
import type { FilesCall } from './files-call.ts';
import { inPlace } from './in-place.ts';
import { checkApart } from './move-entry.ts';
import { entryOf, type Place, placeOf } from './path-parts.ts';
import { pieces } from './read-files.ts';
import { createFile, publishFile, publishFolder, stageFile, stageFolder, temporaryNameFor } from './staging.ts';
import { entriesOf } from './walk-folder.ts';

/** One copy as it goes: what it has done, and what it still may. */
interface Copying {
  readonly call: FilesCall;
  files: number;
  entriesLeft: number;
  bytesLeft: number;
}

/** A link anywhere beneath refuses the whole copy: it could neither be followed nor be copied truly. */
export async function copyEntry(call: FilesCall, from: string, to: string): Promise<{ files: number }> {
  const { entriesMax, copyBytesMax } = call.limits;
  const copying: Copying = { call, files: 0, entriesLeft: entriesMax, bytesLeft: copyBytesMax };
  const source = await refusing(from, async () => entryOf(from));
  await refusing(to, async () => {
    const target = placeOf(to);
    checkApart(source, target);
    await using folder = await refusing(from, () => openFolder(call.workspace, source.parents));
    await inPlace(call, target, async (targetFolder, name) => {
      if ((await lookAt(targetFolder, name)) !== undefined) throw errno('EEXIST');
      await copyInto(copying, folder, source, targetFolder, name);
    });
  });
  return { files: copying.files };
}

async function copyInto(
  copying: Copying,
  folder: FileHandle,
  { name, path }: Place,
  targetFolder: FileHandle,
  targetName: string,
): Promise<void> {
  const staged = temporaryNameFor(copying.call.scope);
  if ((await refusing(path, () => statAt(folder, name))).isDirectory()) {
    await using source = await refusing(path, () => openChildFolder(folder, name));
    await stageFolder(targetFolder, staged, (copy) =>
      copyBeneath(copying, source, copy, path, copying.call.limits.depthMax),
    );
    await publishFolder(targetFolder, staged, targetName);
  } else {
    await using source = await refusing(path, () => openFile(folder, name));
    await stageFile(targetFolder, staged, (copy) => copyContent(copying, source, copy, path));
    await publishFile(targetFolder, staged, targetName, { replace: false });
  }
}

async function copyBeneath(
  copying: Copying,
  from: FileHandle,
  to: FileHandle,
  path: string,
  depthLeft: number,
): Promise<void> {
  const entries = await refusing(path, () => entriesOf(from, copying.call));
  copying.entriesLeft -= entries.length;
  if (copying.entriesLeft < 0 || depthLeft === 0) throw errno('E2BIG');
  for (const { name, stats } of entries) {
    const childPath = `${path}/${name}`;
    if (stats.isDirectory()) {
      await using source = await refusing(childPath, () => openChildFolder(from, name));
      await mkdir(at(to, name));
      await using copy = await openChildFolder(to, name);
      await copyBeneath(copying, source, copy, childPath, depthLeft - 1);
      await copy.sync();
    } else {
      await using source = await refusing(childPath, () => openFile(from, name));
      await using copy = await createFile(to, name);
      await copyContent(copying, source, copy, childPath);
      await copy.sync();
    }
  }
}

async function copyContent(copying: Copying, source: FileHandle, copy: FileHandle, path: string): Promise<void> {
  const { mode } = await source.stat();
  await copy.chmod(mode & 0o777);
  for await (const piece of refusingEach(path, () => pieces(source, copying.call.scope.signal))) {
    copying.bytesLeft -= piece.length;
    if (copying.bytesLeft < 0) throw errno('EFBIG');
    await copy.writeFile(piece);
  }
  copying.files += 1;
}
