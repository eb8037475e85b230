// Writing beneath the workspace: whole or not at all, and never through what is not ours.
import { chmodSync, linkSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFolder } from '../src/files/beneath.ts';
import { publishFile, stageFile } from '../src/files/staging.ts';
import { all, bytesOf, createWorkspace } from './files-workspace.ts';

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

  test('does not replace a file that another program puts there at the last moment', async () => {
    const workspace = createWorkspace();
    await using folder = await openFolder(workspace.path, []);
    await stageFile(folder, '.sb-x-1.tmp', (file) => file.writeFile('mine'));
    workspace.put('a.txt', 'by another program');
    await expect(publishFile(folder, '.sb-x-1.tmp', 'a.txt', { replace: false })).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(workspace.content('a.txt')).toBe('by another program');
    expect(readdirSync(workspace.path)).toEqual(['a.txt']);
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
