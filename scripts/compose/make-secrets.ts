// Every credential of the deployment in containers: who holds what, and where it lies in the volume of secrets.
import { createPublicKey, randomBytes } from 'node:crypto';
import { createBusIdentity, createSigningKeys, publicKeyOf } from '@switchboard/bus';
import { brokerUsers } from '@switchboard/contract';
import { type KeyedUser, renderNatsConf } from '@switchboard/embedded';
import { databaseUrls, type Logins, mintKey, newPassword } from '@switchboard/store';
import { agents } from '../start/home.ts';
import type { SecretsFolder } from './secrets-folder.ts';

export const addresses = {
  gateway: 'http://gateway:8420',
  nats: 'nats://nats:4222',
  database: 'postgres://postgres@postgres:5432/switchboard',
} as const;

export const natsPorts = { client: 4222, monitor: 8222 } as const;

/** Users of the broker whose container has another name. */
const holders: Readonly<Record<string, string>> = {
  provisioner: 'migrate/bus.seed',
  operator: 'operator/secrets/operator.seed',
  witness: 'operator/secrets/witness.seed',
};

const seedPath = (user: string): string => holders[user] ?? `${user}/bus.seed`;

export function busUsers(folder: SecretsFolder): KeyedUser[] {
  return brokerUsers(agents).map((user) => ({
    ...user,
    publicKey: publicKeyOf(folder.once(seedPath(user.name), () => createBusIdentity().seed)),
  }));
}

function makeLogins(folder: SecretsFolder): Logins {
  return {
    suffix: folder.once('migrate/database.suffix', () => randomBytes(4).toString('hex')),
    passwords: {
      api: folder.once('migrate/database-api.password', newPassword),
      work: folder.once('migrate/database-work.password', newPassword),
    },
  };
}

/** Makes what is not there yet. The same however often it is called. */
export function makeSecrets(folder: SecretsFolder): void {
  const users = busUsers(folder);
  const { client: port, monitor: monitorPort } = natsPorts;
  folder.derived('nats/nats.conf', renderNatsConf({ host: '0.0.0.0', port, monitorPort, storeDir: '/data', users }));

  const adminPassword = folder.once('postgres/password', newPassword);
  const adminUrl = Object.assign(new URL(addresses.database), { password: adminPassword }).href;
  folder.derived('migrate/admin.url', adminUrl);
  const urls = databaseUrls(adminUrl, makeLogins(folder));
  folder.derived('gateway/database.url', urls.url);
  folder.derived('gateway/work-database.url', urls.workUrl);

  const signingKey = folder.once('gateway/signing.key', () => createSigningKeys().privateKey.trim());
  const publicKey = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' }).toString().trim();
  for (const agent of agents) folder.derived(`${agent}/gateway.pub`, publicKey);

  folder.once('operator/admin.key', () => mintKey().key);
  folder.derived('operator/run.json', JSON.stringify({ url: addresses.gateway, natsUrl: addresses.nats }));
  folder.seal();
}
