// Nothing leads out of the workspace: every way that is known, tried on every operation, for reading and for changing.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { all, bytesOf, createWorkspace, type Files, secret, type Workspace } from './files-workspace.ts';

/** Everything that can be asked for with one path, as a person or a model might ask it. */
const operations: Record<string, (files: Files, path: string) => Promise<unknown>> = {
  info: (files, path) => files.info(path),
  list: (files, path) => files.list(path),
  walk: (files, path) => all(files.walk(path)),
  read: (files, path) => files.read(path, { bytesMax: 1000 }),
  hash: (files, path) => files.hash(path),
  stream: (files, path) => all(files.stream(path)),
  write: (files, path) => files.write(path, bytesOf('x'), { replace: true }),
  create: (files, path) => files.write(path, bytesOf('x'), { replace: false }),
  update: (files, path) => files.update(path, async () => bytesOf('x')),
  makeFolder: (files, path) => files.makeFolder(path),
  'move from': (files, path) => files.move(path, 'target'),
  'move to': (files, path) => files.move('mine.txt', path),
  'copy from': (files, path) => files.copy(path, 'target'),
  'copy to': (files, path) => files.copy('mine.txt', path),
  remove: (files, path) => files.remove(path, { recursive: true }),
};

function prepare(): Workspace {
  const workspace = createWorkspace();
  workspace.put('mine.txt', 'mine');
  workspace.put('sub/file.txt', 'mine');
  symlinkSync(workspace.secrets, join(workspace.path, 'linked'));
  symlinkSync(join(workspace.secrets, 'secret.txt'), join(workspace.path, 'linked.txt'));
  symlinkSync('..', join(workspace.path, 'sub/up'));
  symlinkSync('/proc/self', join(workspace.path, 'proc'));
  return workspace;
}

async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (value) => `it answered ${JSON.stringify(value)}`,
    (error) => error.reason ?? error,
  );
}

describe.each(Object.entries(operations))('%s', (name, operation) => {
  test.each([
    ['../secrets/secret.txt', 'path-escapes'],
    ['sub/../../secrets/secret.txt', 'path-escapes'],
    ['sub/../mine.txt', 'path-escapes'],
    ['..', 'path-escapes'],
    ['/etc/passwd', 'path-escapes'],
    ['/proc/self/environ', 'path-escapes'],
    ['//etc/passwd', 'path-escapes'],
    ['~/secret.txt', 'path-escapes'],
    ['..\\secrets\\secret.txt', 'path-escapes'],
    ['C:\\secret.txt', 'path-escapes'],
    ['mine.txt\0.png', 'path-escapes'],
    ['linked/secret.txt', 'path-escapes'],
    ['sub/up/mine.txt', 'path-escapes'],
    ['proc/environ', 'path-escapes'],
    ['proc/root/etc/passwd', 'path-escapes'],
    ['proc/cwd', 'path-escapes'],
    ['a'.repeat(256), 'bad-name'],
    ['ä'.repeat(128), 'bad-name'],
    ['a/'.repeat(65), 'bad-name'],
    ['two\nlines', 'bad-name'],
    ['\u001b[2Jclear', 'bad-name'],
    ['txt.\u202eexe', 'bad-name'],
  ])('refuses %j with %s', async (path, reason) => {
    const workspace = prepare();
    expect(await reasonOf(operation(workspace.files(), path))).toBe(reason);
    expectUntouched(workspace);
  });

  test.runIf(name !== 'info' && name !== 'remove')('does not follow a link that the path ends in', async () => {
    const workspace = prepare();
    for (const path of ['linked', 'linked.txt', 'proc']) {
      const reason = await reasonOf(operation(workspace.files(), path));
      expect([path, reason]).toEqual([path, name.endsWith(' to') ? 'exists' : 'path-escapes']);
    }
    expectUntouched(workspace);
  });
});

function expectUntouched(workspace: Workspace): void {
  expect(readdirSync(workspace.secrets)).toEqual(['secret.txt']);
  expect(workspace.content('../secrets/secret.txt')).toBe(secret);
  expect(workspace.content('mine.txt')).toBe('mine');
  expect(readdirSync(workspace.path).sort()).toEqual(['linked', 'linked.txt', 'mine.txt', 'proc', 'sub']);
}

const contents = ['read', 'hash', 'stream', 'write', 'update', 'move from', 'copy from'] as const;

describe.each(contents)('%s', (name) => {
  const operate = (workspace: Workspace, path: string) => operations[name]?.(workspace.files(), path);

  test('refuses a hard link to a file outside', async () => {
    const workspace = prepare();
    linkSync(join(workspace.secrets, 'secret.txt'), join(workspace.path, 'hard.txt'));
    await expect(operate(workspace, 'hard.txt')).rejects.toMatchObject({ reason: 'path-escapes' });
    expect(workspace.content('hard.txt')).toBe(secret);
  });

  test('refuses a hard link that hides behind the name of a temporary file', async () => {
    const workspace = prepare();
    linkSync(join(workspace.secrets, 'secret.txt'), join(workspace.path, 'hard.txt'));
    linkSync(join(workspace.secrets, 'secret.txt'), join(workspace.path, '.sb-x-1.tmp'));
    await expect(operate(workspace, 'hard.txt')).rejects.toMatchObject({ reason: 'path-escapes' });
  });

  test('refuses a pipe at once instead of waiting for a writer', async () => {
    const workspace = prepare();
    execFileSync('mkfifo', [join(workspace.path, 'pipe')]);
    await expect(operate(workspace, 'pipe')).rejects.toMatchObject({ reason: 'not-a-file' });
  });

  test('refuses a socket', async () => {
    const workspace = prepare();
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(workspace.path, 'socket'), listening));
    onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
    await expect(operate(workspace, 'socket')).rejects.toMatchObject({ reason: 'not-a-file' });
  });

  test.skipIf(process.getuid?.() !== 0)('refuses a device', async () => {
    const workspace = prepare();
    execFileSync('mknod', [join(workspace.path, 'zero'), 'c', '1', '5']);
    await expect(operate(workspace, 'zero')).rejects.toMatchObject({ reason: 'not-a-file' });
  });
});

describe('the wrong kind of thing', () => {
  test.each(['read', 'hash', 'stream', 'write', 'update'])('%s of a folder', async (name) => {
    const workspace = prepare();
    await expect(operations[name]?.(workspace.files(), 'sub')).rejects.toMatchObject({ reason: 'is-folder' });
    await expect(operations[name]?.(workspace.files(), '.')).rejects.toMatchObject({ reason: 'is-folder' });
  });

  test.each(['list', 'walk', 'makeFolder'])('%s of a file', async (name) => {
    const workspace = prepare();
    await expect(operations[name]?.(workspace.files(), 'mine.txt')).rejects.toMatchObject({ reason: 'not-folder' });
  });

  test.each(Object.keys(operations))('%s through a file', async (name) => {
    const workspace = prepare();
    const through = operations[name]?.(workspace.files(), 'sub/file.txt/x');
    await expect(through).rejects.toMatchObject({ reason: 'not-folder' });
  });

  test.each(['info', 'list', 'walk', 'read', 'stream', 'move from', 'copy from', 'remove'])(
    '%s of nothing',
    async (name) => {
      const workspace = prepare();
      await expect(operations[name]?.(workspace.files(), 'none/x')).rejects.toMatchObject({ reason: 'not-found' });
    },
  );
});

test('a copy of a folder that holds a link is refused whole', async () => {
  const workspace = prepare();
  mkdirSync(join(workspace.path, 'sub/deep'));
  symlinkSync(workspace.secrets, join(workspace.path, 'sub/deep/link'));
  await expect(workspace.files().copy('sub', 'copy')).rejects.toMatchObject({ reason: 'path-escapes' });
  expectUntouched(workspace);
});
