// Settings: parsed once, and a bad one is one line that names it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig, SettingError } from '../src/index.ts';

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
