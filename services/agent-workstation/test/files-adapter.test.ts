// The files capability reads, moves, copies and removes as its contract says, and a workspace must be a folder.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFilesAdapter } from '../src/files/files-adapter.ts';
import { all, createWorkspace } from './files-workspace.ts';

describe('reading', () => {
  test('names what is there, whatever the spelling of the path', async () => {
    const workspace = createWorkspace();
    workspace.put('notes/todo.txt', 'buy milk');
    const files = workspace.files();
    const info = await files.info('./notes//todo.txt/');
    expect(info).toMatchObject({ path: 'notes/todo.txt', kind: 'file', size: 8 });
    expect(info.modifiedAt.getTime()).toBe(Math.floor(statSync(join(workspace.path, 'notes/todo.txt')).mtimeMs));
    expect(await files.info('.')).toMatchObject({ path: '.', kind: 'folder', size: 0 });
    expect(await files.info('')).toMatchObject({ path: '.', kind: 'folder' });
  });

  test('lists one folder, and walks all beneath it, parents first', async () => {
    const workspace = createWorkspace();
    for (const path of ['b.txt', 'a/z.txt', 'a/deep/x.txt', 'c.txt']) workspace.put(path, path);
    symlinkSync('/etc', join(workspace.path, 'link'));
    const files = workspace.files();
    expect((await files.list('.')).map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      'a folder',
      'b.txt file',
      'c.txt file',
      'link link',
    ]);
    expect((await files.list('a')).map(({ path }) => path)).toEqual(['a/deep', 'a/z.txt']);
    expect((await all(files.walk('.'))).map(({ path }) => path)).toEqual([
      'a',
      'a/deep',
      'a/deep/x.txt',
      'a/z.txt',
      'b.txt',
      'c.txt',
      'link',
    ]);
  });

  test('reads the start of a file and says how large it is', async () => {
    const workspace = createWorkspace();
    workspace.put('long.txt', 'x'.repeat(600_000));
    const { bytes, size } = await workspace.files().read('long.txt', { bytesMax: 500_000 });
    expect([bytes.length, size]).toEqual([500_000, 600_000]);
    workspace.put('empty.txt', '');
    expect(await workspace.files().read('empty.txt', { bytesMax: 10 })).toEqual({ bytes: Buffer.alloc(0), size: 0 });
  });

  test('hashes and streams the whole of a file', async () => {
    const workspace = createWorkspace();
    const content = Buffer.alloc(700_001, 'switchboard ');
    workspace.put('big.bin', content);
    const files = workspace.files();
    expect(await files.hash('big.bin')).toBe(createHash('sha256').update(content).digest('hex'));
    expect(Buffer.concat(await all(files.stream('big.bin'))).equals(content)).toBe(true);
    expect(await files.hash('nothing.bin')).toBeUndefined();
    expect(await files.hash('no/such/folder.bin')).toBeUndefined();
  });

  test('stops at the signal', async () => {
    const workspace = createWorkspace();
    workspace.put('a/b.txt', 'x');
    const stop = new AbortController();
    const files = workspace.files({ signal: stop.signal });
    const walk = files.walk('.')[Symbol.asyncIterator]();
    expect((await walk.next()).value).toMatchObject({ path: 'a' });
    stop.abort(new Error('canceled'));
    await expect(walk.next()).rejects.toThrow('canceled');
    await expect(files.hash('a/b.txt')).rejects.toThrow('canceled');
  });

  test.each([
    ['more entries than one walk may meet', { entriesMax: 3 }],
    ['folders nested too deep', { depthMax: 1 }],
  ])('refuses %s instead of leaving some out', async (_, limits) => {
    const workspace = createWorkspace(limits);
    for (const path of ['a/1', 'a/2', 'a/b/3']) workspace.put(path, '');
    await expect(all(workspace.files().walk('.'))).rejects.toMatchObject({ reason: 'too-many' });
  });

  test.skipIf(process.getuid?.() === 0)('names a folder that may not be entered and passes on', async () => {
    const workspace = createWorkspace();
    workspace.put('a/hidden.txt', '');
    workspace.put('b.txt', '');
    chmodSync(join(workspace.path, 'a'), 0);
    const found = await all(workspace.files().walk('.'));
    chmodSync(join(workspace.path, 'a'), 0o755);
    expect(found.map(({ path, unreadable }) => [path, unreadable])).toEqual([
      ['a', true],
      ['b.txt', undefined],
    ]);
  });
});

describe('identity', () => {
  test('stays through a move, and is not given to a file made in the place of another', async () => {
    const workspace = createWorkspace();
    workspace.put('a.txt', 'first');
    const { id } = await workspace.files().info('a.txt');
    await workspace.files().move('a.txt', 'b.txt');
    expect((await workspace.files().info('b.txt')).id).toBe(id);
    await workspace.files().remove('b.txt', { recursive: false });
    workspace.put('b.txt', 'second');
    expect((await workspace.files().info('b.txt')).id).not.toBe(id);
  });
});

describe('folders, moves and copies', () => {
  test('makes a folder once, with its parents', async () => {
    const workspace = createWorkspace();
    expect(await workspace.files().makeFolder('a/b')).toEqual({ created: true });
    expect(await workspace.files().makeFolder('a/b/')).toEqual({ created: false });
    expect(await workspace.files().makeFolder('.')).toEqual({ created: false });
  });

  test('moves a file or a folder, making the folders on the way', async () => {
    const workspace = createWorkspace();
    workspace.put('a/1.txt', 'one');
    await workspace.files().move('a/1.txt', 'b/c/2.txt');
    await workspace.files().move('b', 'd/e');
    expect(workspace.content('d/e/c/2.txt')).toBe('one');
    expect(existsSync(join(workspace.path, 'b'))).toBe(false);
  });

  test('copies a file or a whole folder, with modes', async () => {
    const workspace = createWorkspace();
    workspace.put('a/run.sh', 'echo');
    workspace.put('a/deep/1.txt', 'one');
    chmodSync(join(workspace.path, 'a/run.sh'), 0o755);
    expect(await workspace.files().copy('a', 'x/b')).toEqual({ files: 2 });
    expect(await workspace.files().copy('a/deep/1.txt', '2.txt')).toEqual({ files: 1 });
    expect([workspace.content('x/b/deep/1.txt'), workspace.content('2.txt')]).toEqual(['one', 'one']);
    expect(statSync(join(workspace.path, 'x/b/run.sh')).mode & 0o777).toBe(0o755);
  });

  test.each(['move', 'copy'] as const)('%s replaces nothing, and nothing goes into itself', async (verb) => {
    const workspace = createWorkspace();
    workspace.put('a/1.txt', 'one');
    workspace.put('b.txt', 'mine');
    const files = workspace.files();
    await expect(files[verb]('a/1.txt', 'b.txt')).rejects.toMatchObject({ reason: 'exists' });
    await expect(files[verb]('a', './a/')).rejects.toMatchObject({ reason: 'exists' });
    await expect(files[verb]('a', 'a/new/b')).rejects.toMatchObject({ reason: 'not-allowed' });
    await expect(files[verb]('none', 'x/y')).rejects.toMatchObject({
      reason: 'not-found',
      message: expect.stringContaining('none'),
    });
    await expect(files[verb]('.', 'x')).rejects.toMatchObject({ reason: 'not-allowed' });
    expect((await all(files.walk('.'))).map(({ path }) => path)).toEqual(['a', 'a/1.txt', 'b.txt']);
    expect(workspace.content('b.txt')).toBe('mine');
  });

  test.each([
    ['bytes', { copyBytesMax: 5 }, 'too-large'],
    ['entries', { entriesMax: 2 }, 'too-many'],
  ])('a copy of too many %s leaves nothing', async (_, limits, reason) => {
    const workspace = createWorkspace(limits);
    for (const name of ['1', '2', '3']) workspace.put(`a/${name}`, 'xxx');
    await expect(workspace.files().copy('a', 'b/c')).rejects.toMatchObject({ reason });
    expect(readdirSync(workspace.path)).toEqual(['a']);
  });
});

describe('removing', () => {
  test('takes a file or an empty folder, and a full one only when told', async () => {
    const workspace = createWorkspace();
    for (const path of ['a/1', 'a/b/2', 'a/b/3', 'c']) workspace.put(path, '');
    const files = workspace.files();
    expect(await files.remove('c', { recursive: false })).toEqual({ files: 1 });
    await expect(files.remove('a', { recursive: false })).rejects.toMatchObject({ reason: 'not-empty' });
    expect(await files.remove('a', { recursive: true })).toEqual({ files: 3 });
    await files.makeFolder('empty');
    expect(await files.remove('empty', { recursive: false })).toEqual({ files: 0 });
    expect(readdirSync(workspace.path)).toEqual([]);
  });

  test('counts leftovers of dead attempts as nothing', async () => {
    const workspace = createWorkspace();
    workspace.put('a/.sb-dead-1.tmp', 'half');
    expect(await workspace.files().remove('a', { recursive: false })).toEqual({ files: 0 });
  });

  test('takes names that are not UTF-8 with their folder', async () => {
    const workspace = createWorkspace();
    workspace.put('a/plain', '');
    writeFileSync(Buffer.concat([Buffer.from(join(workspace.path, 'a/')), Buffer.from([0xff, 0xfe])]), '');
    expect(await workspace.files().remove('a', { recursive: true })).toEqual({ files: 2 });
  });

  test('takes a link away and leaves what it leads to', async () => {
    const workspace = createWorkspace();
    symlinkSync(workspace.secrets, join(workspace.path, 'link'));
    workspace.put('a/x', '');
    symlinkSync(workspace.secrets, join(workspace.path, 'a/link'));
    await workspace.files().remove('link', { recursive: true });
    await workspace.files().remove('a', { recursive: true });
    expect(readdirSync(workspace.path)).toEqual([]);
    expect(readdirSync(workspace.secrets)).toEqual(['secret.txt']);
  });

  test('never takes the workspace itself', async () => {
    const workspace = createWorkspace();
    for (const path of ['.', './', '']) {
      await expect(workspace.files().remove(path, { recursive: true })).rejects.toMatchObject({
        reason: 'not-allowed',
      });
    }
  });

  test('says how far it came when it could not go on', async () => {
    const workspace = createWorkspace({ depthMax: 2 });
    for (const path of ['a/1', 'a/z/y/x/2']) workspace.put(path, '');
    const remove = workspace.files().remove('a', { recursive: true });
    await expect(remove).rejects.toMatchObject({ reason: 'too-many', message: expect.stringMatching(/^a holds more/) });
  });
});

test('a workspace that is not there, or is a file, is an error at the start', () => {
  const workspace = createWorkspace();
  workspace.put('file', '');
  expect(() => createFilesAdapter({ workspace: join(workspace.path, 'none') })).toThrow('ENOENT');
  expect(() => createFilesAdapter({ workspace: join(workspace.path, 'file') })).toThrow('not a folder');
});
