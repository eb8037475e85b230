// Finds a nats-server program that is new enough.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverVersionMin } from '@switchboard/bus';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** The version that the program says it has; undefined when it does not run. */
async function versionOf(program: string): Promise<string | undefined> {
  const result = await run(program, ['-v'], { timeout: 10_000 }).catch(() => undefined);
  return result && /v(\d+\.\d+\.\d+)/.exec(result.stdout)?.[1];
}

function isNewEnough(version: string): boolean {
  return serverVersionMin.localeCompare(version, 'en', { numeric: true }) <= 0;
}

/**
 * The configured program (then no other), else the first that is new enough: on PATH, in the project's cache. Throws
 * StartError `not-found`, which says what was looked at and what can be done.
 */
export async function locateNatsServer(options: { configured?: string; cacheDir: string }): Promise<string> {
  const { configured, cacheDir } = options;
  const candidates = configured === undefined ? ['nats-server', join(cacheDir, 'nats-server')] : [configured];
  const seen: string[] = [];
  for (const candidate of candidates) {
    const version = await versionOf(candidate);
    if (version !== undefined && isNewEnough(version)) return candidate;
    seen.push(`${candidate}: ${version === undefined ? 'not there, or does not run' : `version ${version}`}`);
  }
  throw new StartError(
    'not-found',
    `no nats-server ${serverVersionMin} or newer (${seen.join('; ')}). Install one and name it in NATS_SERVER, ` +
      'or set NATS_URL to a broker that runs.',
  );
}
