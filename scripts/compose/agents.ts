// `docker compose run --rm -T agents`: lets an agent on another machine join, and shuts it out again at once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBusIdentity, publicKeyOf, reloadBroker } from '@switchboard/bus';
import { brokerUsers, nameSchema } from '@switchboard/contract';
import { type Given, runCommand, UsageError } from '../client/command.ts';
import { agents as own } from '../start/home.ts';
import { addresses, makeSecrets, readPlaces } from './make-secrets.ts';
import { type RemoteAgents, readRemoteAgents, remoteAgentsFile } from './remote-agents.ts';
import { openSecretsFolder } from './secrets-folder.ts';

const usage = `docker compose run --rm -T agents add NAME --at HOST [--port PORT] > agent.env
    NAME is a new agent; HOST is how its machine calls this one. What it needs to join comes out, this once.
docker compose run --rm -T agents list
docker compose run --rm -T agents revoke NAME     it is out at once`;

const root = '/secrets';
const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/;
const agentsMax = 64;

const read = (): RemoteAgents => readRemoteAgents(join(root, remoteAgentsFile));
const secret = (path: string): string => readFileSync(join(root, path), 'utf8').trim();

/** Written down, told to the broker's configuration, and in force. */
async function keep(changed: RemoteAgents): Promise<void> {
  const folder = openSecretsFolder(root);
  folder.derived(remoteAgentsFile, JSON.stringify(changed, null, 2));
  makeSecrets(folder, readPlaces(process.env));
  await reloadBroker({ url: addresses.nats, seed: secret('authority/reloader.seed') });
}

function checkName(name: string, { agents }: RemoteAgents): void {
  if (!nameSchema.safeParse(name).success)
    throw new UsageError(`${name} is no name: lower-case words joined by hyphens`);
  if (brokerUsers(own).some((user) => user.name === name)) throw new UsageError(`${name} is one of ours`);
  if (agents.some((agent) => agent.name === name)) throw new UsageError(`there is a ${name} already: revoke it first`);
  if (agents.length >= agentsMax) throw new UsageError(`there are ${agentsMax} agents already`);
}

/** As an environment file: Node and `docker compose` read it, and the agent's own settings can be put beside. */
function credential(host: string, port: string, seed: string): string {
  return [
    `NATS_URL=tls://${host.includes(':') ? `[${host}]` : host}:${port}`,
    `BUS_SEED=${seed}`,
    `NATS_CA="${secret('operator/ca.pem')}"`,
    `GATEWAY_PUBLIC_KEY="${secret('workstation/gateway.pub')}"`,
  ].join('\n');
}

async function add(name: string, given: Given): Promise<void> {
  const host = given.option('at');
  if (host === undefined || !hostPattern.test(host))
    throw new UsageError('say how its machine calls this one: --at HOST');
  const port = given.option('port') ?? process.env['NATS_PORT'] ?? '4222';
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`${port} is no port`);
  const before = read();
  checkName(name, before);
  const { seed } = createBusIdentity();
  const agent = { name, publicKey: publicKeyOf(seed), addedAt: new Date().toISOString() };
  await keep({ hosts: [...new Set([...before.hosts, host])], agents: [...before.agents, agent] });
  console.log(credential(host, port, seed));
  console.error(`${name} may join at ${host}:${port}. This is its credential, shown this once.`);
}

async function revoke(name: string): Promise<void> {
  const before = read();
  if (!before.agents.some((agent) => agent.name === name)) throw new UsageError(`there is no ${name}`);
  await keep({ ...before, agents: before.agents.filter((agent) => agent.name !== name) });
  console.log(`${name} is out.`);
}

await runCommand(
  {
    usage,
    options: ['at', 'port'],
    async run([what, name, ...more], given) {
      if (what === 'list' && name === undefined) {
        const { agents } = read();
        console.log(agents.map((agent) => `${agent.name}  since ${agent.addedAt}`).join('\n') || 'none');
      } else if (name === undefined || more.length > 0) throw new UsageError('say add NAME, list or revoke NAME');
      else if (what === 'add') await add(name, given);
      else if (what === 'revoke') await revoke(name);
      else throw new UsageError(`there is no ${what}`);
      return undefined;
    },
  },
  process.argv.slice(2),
);
