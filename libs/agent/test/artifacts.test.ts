// Large outputs on the disk: whole or not there, served in pieces, and not for ever.
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactBytesMax, inlineBytesMax, sha256 } from '@switchboard/contract';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArtifacts } from '../src/artifacts.ts';

const never = new AbortController().signal;
const week = 7 * 24 * 60 * 60 * 1000;

async function* pieces(...texts: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const source = (...texts: (string | Buffer)[]) => ({
  name: 'a.txt',
  mediaType: 'text/plain',
  content: pieces(...texts),
});

let folder: TempFolder;
let path: string;
beforeEach(async () => {
  folder = await tempFolder();
  path = join(folder.path, 'artifacts');
});
afterEach(() => folder.remove());

describe('an artifact', () => {
  it('has the size and hash of its bytes, and is read in pieces after a restart', async () => {
    const bytes = Buffer.alloc(inlineBytesMax * 2 + 10, 'abc');
    const stored = await (await openArtifacts(path)).store(source(bytes.subarray(0, 7), bytes.subarray(7)), never);
    expect(stored).toMatchObject({
      name: 'a.txt',
      mediaType: 'text/plain',
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    const artifacts = await openArtifacts(path);
    const read: Uint8Array[] = [];
    for (let offset = 0; offset < bytes.length; offset += inlineBytesMax) {
      read.push(await artifacts.read(stored.id, offset));
    }
    expect(read.map(({ length }) => length)).toEqual([inlineBytesMax, inlineBytesMax, 10]);
    expect(Buffer.concat(read).equals(bytes)).toBe(true);
    expect(await artifacts.read(stored.id, bytes.length)).toHaveLength(0);
  });

  it('may be empty, and as large as the limit', async () => {
    const artifacts = await openArtifacts(path);
    expect(await artifacts.store(source(), never)).toMatchObject({ bytes: 0, sha256: sha256('') });
    const largest = Buffer.alloc(artifactBytesMax);
    expect(await artifacts.store(source(largest), never)).toMatchObject({ bytes: artifactBytesMax });
    await expect(artifacts.store(source(largest, 'x'), never)).rejects.toMatchObject({ reason: 'too-large' });
    expect(await readdir(path)).toHaveLength(2);
  });

  it('leaves nothing when it is cut off, or its source or its name breaks', async () => {
    const artifacts = await openArtifacts(path);
    const stop = new AbortController();
    const cut = (async function* () {
      yield Buffer.from('x');
      stop.abort(new Error('cut off'));
      yield Buffer.from('y');
    })();
    await expect(artifacts.store({ ...source(), content: cut }, stop.signal)).rejects.toThrow('cut off');
    const broken = (async function* () {
      yield Buffer.from('x');
      throw new Error('broken');
    })();
    await expect(artifacts.store({ ...source(), content: broken }, never)).rejects.toThrow('broken');
    await expect(artifacts.store({ ...source('x'), name: '' }, never)).rejects.toThrow();
    expect(await readdir(path)).toEqual([]);
  });

  it('that is not there is not found, whatever the id tries', async () => {
    const artifacts = await openArtifacts(path);
    const id = '0197a000-0000-7000-8000-000000000001';
    await expect(artifacts.read(id, 0)).rejects.toMatchObject({ code: 'not-found' });
    await writeFile(join(folder.path, 'secret'), 'secret');
    await expect(artifacts.read('../secret', 0)).rejects.toThrow();
  });
});

describe('retention', () => {
  it('a week, then it goes at the next start', async () => {
    const artifacts = await openArtifacts(path);
    const old = await artifacts.store(source('old'), never);
    const fresh = await artifacts.store(source('fresh'), never);
    const weekAgo = new Date(Date.now() - week - 1000);
    await utimes(join(path, old.id), weekAgo, weekAgo);
    const after = await openArtifacts(path);
    await expect(after.read(old.id, 0)).rejects.toMatchObject({ code: 'not-found' });
    expect(Buffer.from(await after.read(fresh.id, 0)).toString()).toBe('fresh');
  });

  it('past the total the oldest go first', async () => {
    const artifacts = await openArtifacts(path, { totalBytesMax: 25 });
    const stored = [];
    for (const text of ['1', '2', '3', '4']) stored.push(await artifacts.store(source(text.repeat(10)), never));
    expect(await readdir(path)).toEqual(stored.slice(2).map(({ id }) => id));
    await openArtifacts(path, { totalBytesMax: 10 });
    expect(await readdir(path)).toEqual(stored.slice(3).map(({ id }) => id));
  });

  it('what a crash left unfinished is removed at start', async () => {
    await openArtifacts(path);
    await writeFile(join(path, '0197a000-0000-7000-8000-000000000001.part'), 'half');
    await openArtifacts(path);
    expect(await readdir(path)).toEqual([]);
  });
});
