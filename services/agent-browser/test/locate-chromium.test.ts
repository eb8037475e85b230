// Chromium is found in the order that is promised, or it is said once and clearly what is missing.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fetchChromium } from '../src/chromium/fetch-chromium.ts';
import { findChromium, locateChromium } from '../src/chromium/locate-chromium.ts';

let folder: string;

beforeEach(async () => {
  const made = await tempFolder();
  onTestFinished(() => made.remove());
  folder = made.path;
});

function program(name: string, text = '#!/bin/sh\nexit 1\n'): string {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const file = join(folder, 'bin', name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

const options = () => ({ configured: undefined, cacheDir: folder, platform: 'linux-x64', path: join(folder, 'bin') });

test('the configured one is taken, and no other', () => {
  program('chromium');
  const configured = program('my-chrome');
  expect(findChromium({ ...options(), configured })).toEqual({
    kind: 'here',
    chromium: { program: configured, env: {} },
  });
  const wrong = findChromium({ ...options(), configured: join(folder, 'none') });
  expect(wrong).toEqual({ kind: 'none', why: expect.stringMatching(/^CHROMIUM names .*none, which is not a program/) });
});

test('then the machine’s, then the one in the cache, then the one that npm has', () => {
  program('npm');
  expect(findChromium(options())).toMatchObject({ kind: 'fetchable' });
  mkdirSync(join(folder, 'chromium-153.0.0'));
  expect(findChromium(options())).toMatchObject({
    kind: 'here',
    chromium: { program: join(folder, 'chromium-153.0.0', 'chromium') },
  });
  const google = program('google-chrome');
  expect(findChromium(options())).toMatchObject({ chromium: { program: google } });
  const chromium = program('chromium');
  expect(findChromium(options())).toMatchObject({ chromium: { program: chromium } });
});

test('where there is none it says what to do', async () => {
  const nothing = { kind: 'none', why: expect.stringMatching(/apt install chromium.* CHROMIUM/) };
  expect(findChromium({ ...options(), platform: 'linux-riscv64' })).toEqual(nothing);
  expect(findChromium(options())).toEqual(nothing);
  await expect(locateChromium(options())).rejects.toThrow(/apt install chromium.* CHROMIUM/);
});

test('one that is not the one that was pinned is not unpacked', async () => {
  const spec = join(folder, 'package');
  mkdirSync(spec);
  writeFileSync(join(spec, 'package.json'), JSON.stringify({ name: 'not-chromium', version: '1.0.0' }));
  const other = { spec, sha256: '0'.repeat(64), folder: 'chromium-153.0.0' };
  await expect(fetchChromium(other, folder)).rejects.toThrow(/is not what it was/);
  expect(findChromium(options()).kind).not.toBe('here');
});
