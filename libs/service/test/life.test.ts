// A process that is told things in files: settings that are not in its environment, and where to show that it lives.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';

const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const program = `import { runService } from ${JSON.stringify(index)};
  await runService('test', async (life) => {
    console.log(process.env.GIVEN + ' ' + process.env.OTHER);
    const timer = setInterval(() => {}, 1000);
    life.onStop(() => clearInterval(timer));
    life.ready();
  });`;

let folder: TempFolder;
beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(() => folder.remove());

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)));
  return { child, said: () => said };
}

test('a settings file gives what the environment does not, and the health file is there while it lives', async () => {
  const settings = join(folder.path, 'settings.env');
  const health = join(folder.path, 'healthy');
  writeFileSync(settings, 'GIVEN=file\nOTHER=file\n');
  const { child, said } = start({ SETTINGS_FILE: settings, HEALTH_FILE: health, GIVEN: 'environment' });
  await waitUntil('it is ready', () => said().includes('"ready"'));
  expect(said()).toContain('environment file\n');
  expect(existsSync(health)).toBe(true);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(health)).toBe(false);
});

test.each([
  ['a settings file that is a folder', { SETTINGS_FILE: '/' }, 'SETTINGS_FILE: / cannot be read'],
  ['a time zone that is none', { TZ: 'Mars/Olympus' }, 'TZ: there is no time zone Mars/Olympus'],
])('%s ends it with 78', async (_, env, line) => {
  const { child, said } = start(env);
  expect(await once(child, 'close')).toEqual([78, null]);
  expect(said()).toContain(line);
});
