// The second container: brings the database and the streams to what this version needs, before anything works on them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provisionStreams } from '@switchboard/bus';
import { prepare } from '../start/database.ts';
import { replaceSecret } from '../start/home.ts';
import { addresses } from './make-secrets.ts';
import { runOnce } from './program.ts';

/** A migration of a large table may take its time. */
const msMax = 30 * 60_000;
const secrets = '/secrets';
const adminKeyFile = '/operator/admin.key';

const read = (path: string): string => readFileSync(path, 'utf8').trim();
const secret = (name: string): string => read(join(secrets, name));

/** How many servers of a cluster keep each stream. */
const replicas = Number(process.env['STREAM_REPLICAS'] || '1');

await runOnce(async () => {
  await prepare(secret('admin.url'), {
    logins: {
      suffix: secret('database.suffix'),
      passwords: { api: secret('database-api.password'), work: secret('database-work.password') },
    },
    adminKey: read(adminKeyFile),
    keepAdminKey: (key) => replaceSecret(adminKeyFile, key),
  });
  await provisionStreams({ url: addresses.nats, seed: secret('bus.seed'), replicas });
  console.log('The database and the streams are ready.');
}, msMax);
