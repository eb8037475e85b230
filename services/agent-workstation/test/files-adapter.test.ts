// The files capability does what its contract says: reading, writing, moving, copying and removing beneath the workspace.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFilesAdapter } from '../src/files/files-adapter.ts';
import { all, bytesOf, createWorkspace } from './files-workspace.ts';

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

describe('writing', () => {
  test('makes the folders on the way, says whether the file is new, and leaves no temporary file', async () => {
    const workspace = createWorkspace();
    expect(await workspace.files().write('a/b/c.txt', bytesOf('one'), { replace: false })).toEqual({ created: true });
    expect(await workspace.files().write('a/b/c.txt', bytesOf('two'), { replace: true })).toEqual({ created: false });
    expect(workspace.content('a/b/c.txt')).toBe('two');
    expect(readdirSync(join(workspace.path, 'a/b'))).toEqual(['c.txt']);
  });

  test('does not replace unless told', async () => {
    const workspace = createWorkspace();
    workspace.put('a.txt', 'mine');
    const write = workspace.files().write('a.txt', bytesOf('yours'), { replace: false });
    await expect(write).rejects.toMatchObject({ reason: 'exists' });
    expect(workspace.content('a.txt')).toBe('mine');
    expect(readdirSync(workspace.path)).toEqual(['a.txt']);
  });

  test('lets exactly one of many create a file', async () => {
    const workspace = createWorkspace();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => workspace.files().write('x/one.txt', bytesOf(`${n}`), { replace: false })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(workspace.content('x/one.txt')).toBe(`${winner}`);
  });

  test('keeps the mode of the file it replaces', async () => {
    const workspace = createWorkspace();
    workspace.put('run.sh', 'echo one');
    chmodSync(join(workspace.path, 'run.sh'), 0o750);
    await workspace.files().write('run.sh', bytesOf('echo two'), { replace: true });
    expect(statSync(join(workspace.path, 'run.sh')).mode & 0o777).toBe(0o750);
  });

  test('puts the new attempt in the place of what a dead one left', async () => {
    const workspace = createWorkspace();
    const turn = '0192f000-0000-7000-8000-000000000001';
    workspace.put(`.sb-${turn}-1.tmp`, 'half of');
    await workspace.files({ invocationId: `${turn}-1-2` }).write('a.txt', bytesOf('whole'), { replace: true });
    expect(readdirSync(workspace.path)).toEqual(['a.txt']);
    expect(workspace.content('a.txt')).toBe('whole');
  });

  test('finishes for an attempt that died between naming a new file and dropping its temporary name', async () => {
    const workspace = createWorkspace();
    workspace.put('a.txt', 'whole');
    linkSync(join(workspace.path, 'a.txt'), join(workspace.path, '.sb-dead-1.tmp'));
    expect((await workspace.files().read('a.txt', { bytesMax: 10 })).size).toBe(5);
    expect(readdirSync(workspace.path)).toEqual(['a.txt']);
  });

  test('hides what is being written, and lets nobody name it', async () => {
    const workspace = createWorkspace();
    workspace.put('.sb-x-1.tmp', 'half');
    const files = workspace.files();
    expect(await files.list('.')).toEqual([]);
    expect(await all(files.walk('.'))).toEqual([]);
    await expect(files.info('.sb-x-1.tmp')).rejects.toMatchObject({ reason: 'bad-name' });
  });

  test('leaves nothing behind when it is canceled', async () => {
    const workspace = createWorkspace();
    const stop = new AbortController();
    const files = workspace.files({ signal: stop.signal });
    const writing = files.write('a/b.txt', Buffer.alloc(8 * 1024 * 1024), { replace: true });
    stop.abort(new Error('canceled'));
    await expect(writing).rejects.toThrow();
    expect(readdirSync(workspace.path)).toEqual([]);
  });

  test('refuses more than one file may hold', async () => {
    const workspace = createWorkspace({ writeBytesMax: 4 });
    const write = workspace.files().write('a.txt', bytesOf('12345'), { replace: true });
    await expect(write).rejects.toMatchObject({ reason: 'too-large' });
    expect(readdirSync(workspace.path)).toEqual([]);
  });

  test('writes two files of one call at once without mixing them', async () => {
    const workspace = createWorkspace();
    const files = workspace.files();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => files.write(name, bytesOf(name.repeat(1000)), { replace: false })));
    expect(names.map((name) => workspace.content(name))).toEqual(names.map((name) => name.repeat(1000)));
  });
});

describe('updating', () => {
  const add = (text: string) => async (content: Uint8Array | undefined) =>
    Buffer.concat([content ?? Buffer.alloc(0), bytesOf(text)]);

  test('gives the content to the change, and makes a file where there is none', async () => {
    const workspace = createWorkspace();
    expect(await workspace.files().update('a.txt', add('one'))).toEqual({ created: true, size: 3 });
    expect(await workspace.files().update('a.txt', add(' two'))).toEqual({ created: false, size: 7 });
    expect(workspace.content('a.txt')).toBe('one two');
  });

  test('loses none of many at once', async () => {
    const workspace = createWorkspace();
    await Promise.all(Array.from({ length: 12 }, () => workspace.files().update('log', add('.'))));
    expect(workspace.content('log')).toBe('.'.repeat(12));
  });

  test('refuses rather than lose what another program wrote meanwhile', async () => {
    const workspace = createWorkspace();
    workspace.put('a.txt', 'one');
    const update = workspace.files().update('a.txt', async () => {
      writeFileSync(join(workspace.path, 'a.txt'), 'by another program');
      return bytesOf('mine');
    });
    await expect(update).rejects.toMatchObject({ reason: 'changed' });
    expect(workspace.content('a.txt')).toBe('by another program');
    expect(readdirSync(workspace.path)).toEqual(['a.txt']);
  });

  test('changes nothing when the change fails', async () => {
    const workspace = createWorkspace();
    const update = workspace.files().update('new/a.txt', () => Promise.reject(new Error('no')));
    await expect(update).rejects.toThrow('no');
    expect(readdirSync(workspace.path)).toEqual([]);
  });

  test('refuses a file too large to hold in memory', async () => {
    const workspace = createWorkspace({ writeBytesMax: 1024 });
    workspace.put('big.txt', '');
    truncateSync(join(workspace.path, 'big.txt'), 1025);
    await expect(workspace.files().update('big.txt', add('x'))).rejects.toMatchObject({ reason: 'too-large' });
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
