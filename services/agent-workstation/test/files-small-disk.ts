// A program that fills a small disk through the files capability and says what came of it, one JSON line a try.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SkillError } from '@switchboard/contract';
import { createFilesAdapter } from '../src/files/files-adapter.ts';

const workspace = process.argv[2] ?? '';

const adapter = createFilesAdapter({ workspace });
const scope = {
  invocationId: 'turn-1-1',
  session: 'session',
  signal: new AbortController().signal,
  deadline: new Date(),
};
const files = { ...adapter.read(scope), ...adapter.write(scope), ...adapter.destructive(scope) };
const big = Buffer.alloc(2 * 1024 * 1024, 'x');

function contents(): Record<string, number> {
  const names = readdirSync(workspace, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(names.map((name) => [name, statSync(join(workspace, name)).size]));
}

async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
  const outcome = await work().then(
    () => 'done',
    (error) => (error instanceof SkillError ? error.reason : String(error)),
  );
  const left = Object.keys(contents()).filter((path) => path !== 'half' && path !== 'half/half.bin');
  console.log(JSON.stringify({ name, outcome, left, half: statSync(join(workspace, 'half/half.bin')).size }));
}

await files.write('half/half.bin', big.subarray(0, 600_000), { replace: true });
await attempt('write', () => files.write('a/b/c.bin', big, { replace: false }));
await attempt('replace', () => files.write('half/half.bin', big, { replace: true }));
await attempt('update', () => files.update('half/half.bin', async () => big));
await attempt('copy a file', () => files.copy('half/half.bin', 'a/b/c.bin'));
await attempt('copy a folder', () => files.copy('half', 'a/b/c'));
await attempt('make folders', () => files.makeFolder(Array.from({ length: 40 }, (_, n) => n).join('/')));
await attempt('write a little', () => files.write('half/half.bin', big.subarray(0, 1000), { replace: true }));
execFileSync('mount', ['-o', 'remount,bind,ro', workspace]);
await attempt('write where nothing can be written', () => files.write('a/b/c.txt', big, { replace: false }));
await attempt('remove where nothing can be written', () => files.remove('half', { recursive: true }));
await attempt('make a folder that is there', () => files.makeFolder('half'));
