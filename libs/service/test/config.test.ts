// Settings: parsed once, and a bad one is one line that names it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { brokerAddress, readConfig, requireTimeZone, SettingError } from '../src/index.ts';

const schema = z.object({ PORT: z.coerce.number().int().default(8420), KEY: z.string() });

test('defaults, numbers and unknown variables', () => {
  expect(readConfig(schema, { KEY: 'k', OTHER: 'x' })).toEqual({ PORT: 8420, KEY: 'k' });
  expect(readConfig(schema, { KEY: 'k', PORT: '1' }).PORT).toBe(1);
  // As a shell sets what it does not set.
  expect(readConfig(schema, { KEY: 'k', PORT: '' }).PORT).toBe(8420);
});

test('every bad setting is named', () => {
  expect(() => readConfig(schema, { PORT: 'x' })).toThrow(SettingError);
  expect(() => readConfig(schema, { PORT: 'x' })).toThrow(/PORT: .*; KEY: /);
});

test('a secret may come from a file, which must be there', async () => {
  const folder = await tempFolder();
  await writeFile(join(folder.path, 'key'), 'from-file\n');
  expect(readConfig(schema, { KEY_FILE: join(folder.path, 'key'), KEY: 'env' }).KEY).toBe('from-file');
  expect(() => readConfig(schema, { KEY_FILE: join(folder.path, 'none') })).toThrow(/KEY_FILE: there is no file/);
  await folder.remove();
});

test('a secret that cannot be read is named, and why', async () => {
  const folder = await tempFolder();
  expect(() => readConfig(schema, { KEY_FILE: folder.path })).toThrow(SettingError);
  expect(() => readConfig(schema, { KEY_FILE: folder.path })).toThrow(/KEY_FILE: .* cannot be read: EISDIR/);
  await folder.remove();
});

test('a broker is one address, or those of all its servers', () => {
  const one = z.object({ NATS_URL: brokerAddress });
  for (const url of [
    'nats://127.0.0.1:4222',
    'tls://a.example.org:4222,tls://b.example.org:4222',
    'nats://[::1]:4222',
  ]) {
    expect(readConfig(one, { NATS_URL: url }).NATS_URL).toBe(url);
  }
  for (const url of ['http://a', 'nats://', 'nats://a,', 'nats://a, nats://b', 'nats://a,http://b', 'nats://a/path']) {
    expect(() => readConfig(one, { NATS_URL: url }), url).toThrow(/NATS_URL: must be a nats:\/\/ or tls:\/\/ address/);
  }
});

test('a time zone is one that there is', () => {
  for (const zone of [undefined, '', 'UTC', 'Europe/Berlin']) expect(() => requireTimeZone(zone)).not.toThrow();
  expect(() => requireTimeZone('Mars/Olympus')).toThrow('TZ: there is no time zone Mars/Olympus');
});
