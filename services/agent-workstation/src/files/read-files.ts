// FilesRead over the workspace: looks at files, and only at what truly lies in it.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FilesRead } from '@switchboard/contract';
import { openFile, openFolder, statAt } from './beneath.ts';
import { hasCode, refusing, refusingEach } from './errno.ts';
import { toFileInfo } from './file-info.ts';
import type { FilesCall } from './files-call.ts';
import { pathParts, placeOf } from './path-parts.ts';
import { entriesOf, walkFolder } from './walk-folder.ts';

const pieceBytes = 256 * 1024;

export function readFiles(call: FilesCall): FilesRead {
  const open = async (path: string): Promise<FileHandle> => {
    const { parents, name } = placeOf(path);
    await using folder = await openFolder(call.workspace, parents);
    return await openFile(folder, name);
  };
  return {
    info: (path) =>
      refusing(path, async () => {
        const parts = pathParts(path);
        await using folder = await openFolder(call.workspace, parts.slice(0, -1));
        const name = parts.at(-1);
        return toFileInfo(
          parts.join('/'),
          name === undefined ? await folder.stat({ bigint: true }) : await statAt(folder, name),
        );
      }),
    list: (path) =>
      refusing(path, async () => {
        const parts = pathParts(path);
        await using folder = await openFolder(call.workspace, parts);
        const entries = await entriesOf(folder, call);
        return entries.map(({ name, stats }) => toFileInfo([...parts, name].join('/'), stats));
      }),
    walk: (path) =>
      refusingEach(path, async function* () {
        const parts = pathParts(path);
        await using folder = await openFolder(call.workspace, parts);
        yield* walkFolder(call, folder, parts.join('/'));
      }),
    read: (path, { bytesMax }) =>
      refusing(path, async () => {
        await using file = await open(path);
        return await readStart(file, bytesMax, call.scope.signal);
      }),
    hash: (path) => refusing(path, () => hashOf(() => open(path), call.scope.signal)),
    stream: (path) =>
      refusingEach(path, async function* () {
        await using file = await open(path);
        yield* pieces(file, call.scope.signal);
      }),
  };
}

/** The first `bytesMax` bytes, and how large the file is; `size` is what it was when the reading began. */
export async function readStart(
  file: FileHandle,
  bytesMax: number,
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; size: number }> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(Math.min(size, bytesMax));
  let filled = 0;
  while (filled < bytes.length) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(bytes, filled, Math.min(pieceBytes, bytes.length - filled), filled);
    if (bytesRead === 0) break; // It was cut meanwhile.
    filled += bytesRead;
  }
  return { bytes: bytes.subarray(0, filled), size: filled < bytes.length ? filled : size };
}

/** The whole file. Each piece is the receiver's to keep. */
export async function* pieces(file: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function hashOf(open: () => Promise<FileHandle>, signal: AbortSignal): Promise<string | undefined> {
  try {
    await using file = await open();
    const hash = createHash('sha256');
    for await (const piece of pieces(file, signal)) hash.update(piece);
    return hash.digest('hex');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
