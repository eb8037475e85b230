// The first container: looks whether the system can run here, and makes every credential that is not there yet.
import { accessSync, constants, globSync, statfsSync } from 'node:fs';
import { requireTimeZone, SettingError } from '@switchboard/service';
import { makeSecrets, readPlaces } from './make-secrets.ts';
import { runOnce } from './program.ts';
import { openSecretsFolder } from './secrets-folder.ts';

const msMax = 30_000;
const MiB = 1024 ** 2;
/** Below it PostgreSQL and the broker would soon stop in the middle of something. */
const freeMiBMin = 200;
/** Before this program was written: keys, leases and questions would end at the wrong time. */
const clockMin = Date.parse('2026-01-01T00:00:00Z');

function requireSpace(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MiB);
  if (free >= freeMiBMin) return;
  throw new SettingError(`the disk is full: ${free} MiB are left for ${folder}, and ${freeMiBMin} MiB are needed`);
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new SettingError(`the volume at ${folder} cannot be written by user ${process.getuid?.()}: whose is it?`);
  }
}

function requireClock(): void {
  if (Date.now() >= clockMin) return;
  throw new SettingError(`the clock says ${new Date().toISOString()}: set the time of this machine`);
}

/** Loaded only for an owner who has set something: it takes as long as all the rest. */
async function requireConfig(): Promise<void> {
  if (globSync('/config/*/{settings.env,policy.yaml}').length === 0) return;
  const { checkConfig } = await import('./check-config.ts');
  checkConfig('/config');
}

await runOnce(async () => {
  requireTimeZone(process.env['TZ']);
  requireClock();
  for (const folder of ['/secrets', '/broker']) {
    requireWritable(folder);
    requireSpace(folder);
  }
  await requireConfig();
  const secrets = openSecretsFolder('/secrets');
  makeSecrets(secrets, readPlaces(process.env));
  console.log(secrets.isNew ? 'Every credential is made.' : 'The credentials are there.');
}, msMax);
