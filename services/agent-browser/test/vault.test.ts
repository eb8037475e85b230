// What pages have stored is on disk, unreadable without the key, and only of its own session.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingError } from '@switchboard/service';
import { tempFolder } from '@switchboard/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { openVault, readKey } from '../src/session/vault.ts';

const cookie = {
  name: 'member',
  value: 'canary-7c1e',
  domain: 'site.test',
  path: '/',
  expires: -1,
  httpOnly: true,
  secure: false,
  sameSite: 'Lax' as const,
};
const remembered = { storage: { cookies: [cookie], origins: [] }, url: 'https://site.test/' };

async function folderForTest(): Promise<string> {
  const folder = await tempFolder();
  onTestFinished(() => folder.remove());
  return folder.path;
}

test('is kept for its session, and cannot be read in the file', async () => {
  const folder = await folderForTest();
  const vault = await openVault(join(folder, 'storage'), readKey(undefined, folder));
  await vault.save('mine', remembered);
  expect(await vault.load('mine')).toEqual(remembered);
  expect(await vault.load('yours')).toBeUndefined();
  const [file = '', ...more] = readdirSync(join(folder, 'storage'));
  expect(more).toEqual([]);
  expect(file).not.toContain('mine');
  expect(readFileSync(join(folder, 'storage', file)).includes('canary')).toBe(false);
  expect(statSync(join(folder, 'storage', file)).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'storage.key')).mode & 0o777).toBe(0o600);
});

test('is nothing for another key, in another session’s place, or when a byte has changed', async () => {
  const folder = await folderForTest();
  const storage = join(folder, 'storage');
  const vault = await openVault(storage, readKey(undefined, folder));
  await vault.save('mine', remembered);
  const other = await openVault(storage, Buffer.alloc(32, 1));
  expect(await other.load('mine')).toBeUndefined();
  const [file = ''] = readdirSync(storage);
  const bytes = readFileSync(join(storage, file));
  await vault.save('yours', { storage: { cookies: [], origins: [] } });
  const second = readdirSync(storage).find((name) => name !== file) ?? '';
  writeFileSync(join(storage, second), bytes);
  expect(await vault.load('yours')).toBeUndefined();
  writeFileSync(join(storage, file), bytes.with(40, bytes.at(40) === 0 ? 1 : 0));
  expect(await vault.load('mine')).toBeUndefined();
});

test('has the key that the operator gives, or one that is made once', async () => {
  const folder = await folderForTest();
  expect(readKey(undefined, folder)).toEqual(readKey(undefined, folder));
  expect(readKey(Buffer.alloc(32, 7).toString('base64'), folder)).toEqual(Buffer.alloc(32, 7));
  expect(() => readKey('short', folder)).toThrow(SettingError);
});
