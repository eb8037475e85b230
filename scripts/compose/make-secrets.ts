// Every credential of the deployment in containers: who holds what, and where it lies in the volume of secrets.
import { createPublicKey, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createBusIdentity, createSigningKeys, publicKeyOf } from '@switchboard/bus';
import { brokerUsers } from '@switchboard/contract';
import { type KeyedUser, type NatsCluster, renderNatsConf } from '@switchboard/embedded';
import { databaseUrls, type Logins, mintKey, newPassword } from '@switchboard/store';
import { z } from 'zod';
import { agents } from '../start/home.ts';
import { createAuthority, createServerCertificate } from './certificates.ts';
import { type RemoteAgents, readRemoteAgents, remoteAgentsFile } from './remote-agents.ts';
import type { SecretsFolder } from './secrets-folder.ts';

const certifiedSchema = z.object({ key: z.string(), certificate: z.string() });

export const addresses = {
  gateway: 'http://gateway:8420',
  nats: 'tls://nats:4222',
  database: 'postgres://postgres@postgres:5432/switchboard',
} as const;

const natsPorts = { client: 4222, monitor: 8222, cluster: 6222 } as const;

/** Users of the broker whose container has another name. */
const elsewhere: Readonly<Record<string, string>> = {
  provisioner: 'migrate/bus.seed',
  operator: 'operator/secrets/operator.seed',
  witness: 'operator/secrets/witness.seed',
};

/** The broker's, as the containers and the operator on this machine call it. */
const ownHosts = ['nats', 'localhost', '127.0.0.1'];

const seedPath = (user: string): string => elsewhere[user] ?? `${user}/bus.seed`;

const newSeed = (): string => createBusIdentity().seed;

function busUsers(folder: SecretsFolder, remote: RemoteAgents): KeyedUser[] {
  const keys = new Map(remote.agents.map(({ name, publicKey }) => [name, publicKey]));
  return brokerUsers([...agents, ...keys.keys()]).map((user) => ({
    ...user,
    publicKey: keys.get(user.name) ?? publicKeyOf(folder.once(seedPath(user.name), newSeed)),
  }));
}

/** Everybody speaks TLS with the broker, on this machine too: then nobody can come in from elsewhere without. */
function makeBroker(folder: SecretsFolder, servers: readonly string[]): void {
  const remote = readRemoteAgents(join(folder.root, remoteAgentsFile));
  const made = (): string => JSON.stringify(createAuthority());
  const authority = certifiedSchema.parse(JSON.parse(folder.once('authority/authority.json', made)));
  const server = createServerCertificate(authority, [...ownHosts, ...servers, ...remote.hosts]);
  const users = busUsers(folder, remote);
  const holders = new Set(brokerUsers(agents).map(({ name }) => seedPath(name).split('/', 1)[0]));
  for (const holder of holders) folder.derived(`${holder}/ca.pem`, authority.certificate);
  const reloader = publicKeyOf(folder.once('authority/reloader.seed', newSeed));
  const { client: port, monitor: monitorPort } = natsPorts;
  const tls = { certFile: '/run/secrets/tls.pem', keyFile: '/run/secrets/tls.key' };
  const password = servers.length > 1 ? folder.once('authority/servers.password', newPassword) : '';
  for (const [index, serverName] of (servers.length > 1 ? servers : ['nats']).entries()) {
    // The first has the folder of the only one: its volume goes on in a cluster.
    const holder = index === 0 ? 'nats' : serverName;
    const cluster = servers.length > 1 ? clusterOf(serverName, servers, password) : undefined;
    const conf = renderNatsConf({
      host: '0.0.0.0',
      port,
      monitorPort,
      storeDir: '/data',
      users,
      tls,
      reloader,
      cluster,
    });
    folder.derived(`${holder}/nats.conf`, conf);
    folder.derived(`${holder}/tls.key`, server.key);
    folder.derived(`${holder}/tls.pem`, server.certificate);
    folder.derived(`${holder}/ca.pem`, authority.certificate);
  }
}

function clusterOf(serverName: string, servers: readonly string[], password: string): NatsCluster {
  const files = { certFile: '/run/secrets/tls.pem', keyFile: '/run/secrets/tls.key', caFile: '/run/secrets/ca.pem' };
  const peers = servers.map((name) => `${name}:${natsPorts.cluster}`);
  return { serverName, host: '0.0.0.0', port: natsPorts.cluster, peers, password, tls: files };
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

/** Where the parts run, if not where a deployment on one machine has them. */
export interface Places {
  /** Of a cluster; the first is the one that was there before. */
  readonly natsServers: readonly string[];
  readonly databaseHost: string | undefined;
}

export function readPlaces(env: Readonly<Record<string, string | undefined>>): Places {
  const natsServers = (env['NATS_SERVERS'] ?? '').split(',').filter((name) => name !== '');
  return { natsServers, databaseHost: env['DATABASE_HOST'] || undefined };
}

/** Makes what is not there yet. The same however often it is called. */
export function makeSecrets(folder: SecretsFolder, places: Places): void {
  makeBroker(folder, places.natsServers);
  const adminPassword = folder.once('postgres/password', newPassword);
  const host = places.databaseHost ?? new URL(addresses.database).hostname;
  const adminUrl = Object.assign(new URL(addresses.database), { password: adminPassword, hostname: host }).href;
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
