// The home folder and the machine under it.
import { readdir, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { requireFreePort } from '../start/port.ts';
import type { StartSettings } from '../start/settings.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from './check.ts';

const MiB = 1024 ** 2;
const diskMiBMin = 100;
const diskMiBLow = 1024;
const memoryMiBLow = 512;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function secretsOpenToOthers(home: string): Promise<string[]> {
  const secrets = join(home, 'secrets');
  const files = [join(home, 'admin.key'), secrets, ...(await readdir(secrets)).map((file) => join(secrets, file))];
  const modes = await Promise.all(files.map(async (file) => ({ file, mode: (await stat(file)).mode })));
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ file }) => file);
}

async function lookAtSecrets({ home }: StartSettings): Promise<Finding> {
  try {
    const open = await secretsOpenToOthers(home);
    if (open.length === 0) return ok('readable by their owner only');
    return failed(`others on this machine can read ${open.join(', ')}`, `chmod -R go= ${open.join(' ')}`);
  } catch (error) {
    if (isMissing(error)) return skipped('nothing was started in this home yet');
    throw error;
  }
}

async function lookAtDisk({ home }: StartSettings): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(home);
    const free = Math.floor((bavail * bsize) / MiB);
    const what = `${free} MiB free under ${home}`;
    if (free < diskMiBMin) return failed(what, 'free some space: without it nothing new is accepted');
    return free < diskMiBLow ? warning(what, 'free some space before nothing new is accepted') : ok(what);
  } catch (error) {
    if (isMissing(error)) return skipped(`${home} is not there yet`);
    throw error;
  }
}

async function lookAtPort({ port }: StartSettings, running: boolean): Promise<Finding> {
  if (running) return ok(`${port} is ours`);
  try {
    await requireFreePort(port);
    return ok(`${port} is free`);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), 'set PORT to a free one');
  }
}

export function homeChecks(settings: StartSettings, running: boolean): Check[] {
  return [
    {
      id: 'machine',
      about: 'Node, processors and free memory.',
      look() {
        const free = Math.floor(process.availableMemory() / MiB);
        const what = `Node ${process.versions.node}, ${availableParallelism()} processors, ${free} MiB free`;
        return free < memoryMiBLow ? warning(what, 'a whole Switchboard takes some 600 MiB') : ok(what);
      },
    },
    { id: 'secrets', about: 'Nobody else may read the keys.', look: () => lookAtSecrets(settings) },
    { id: 'disk', about: 'Space for the database, the stream and the ledgers.', look: () => lookAtDisk(settings) },
    { id: 'port', about: 'The port of the HTTP API.', look: () => lookAtPort(settings, running) },
  ];
}
