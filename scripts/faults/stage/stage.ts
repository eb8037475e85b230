// The whole system under test: real processes on real servers, wires between them, and an outside world that counts.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKeys, type SigningKeys } from '@switchboard/bus';
import { scopes } from '@switchboard/contract';
import { mintKey, openStore, type Store } from '@switchboard/store';
import { z } from 'zod';
import { projectRoot } from '../../start/settings.ts';
import { garbler } from '../garbage/garble-skills.ts';
import { connectWorld, type World } from '../world/world.ts';
import { worldAgent } from '../world/world-skills.ts';
import { type CutDisks, mountCutDisks } from './cut-disks.ts';
import { freePort } from './free-port.ts';
import { type Links, startLinks } from './links.ts';
import { type Death, type ManagedProcess, manageProcess, type ProcessSpec } from './managed-process.ts';
import { makeNetworks, type Networks } from './networks.ts';
import { type Broker, type Database, startBroker, startDatabase } from './servers.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { startUntouched, type UntouchedProcess } from './untouched-process.ts';

export const workstation = 'workstation';
/** The other roles of the product. */
export const roles = ['browser', 'messenger', 'business'] as const;
export type Role = (typeof roles)[number];
const entries = {
  gateway: join(projectRoot, 'services/gateway/src/main.ts'),
  workstation: join(projectRoot, 'services/agent-workstation/src/main.ts'),
  realRouter: join(projectRoot, 'services/router/src/main.ts'),
  router: join(import.meta.dirname, '../router-process.ts'),
  world: join(import.meta.dirname, '../world/world-process.ts'),
  worldAgent: join(import.meta.dirname, '../world/agent-process.ts'),
  role: (name: Role) => join(projectRoot, 'services', `agent-${name}`, 'src/main.ts'),
};

export interface StageOptions {
  readonly gateways?: number;
  /** Also the agent with the shipped file skills. */
  readonly workstation?: boolean;
  /** The router of the product, instead of the suite's. */
  readonly realRouter?: boolean;
  /** Of every gateway. */
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  readonly agentEnv?: Readonly<Record<string, string>>;
  /** Also these agents of the product, each with settings of its own. */
  readonly roles?: Readonly<Partial<Record<Role, Readonly<Record<string, string>>>>>;
  /** Under one folder of the stage. */
  readonly smallDisk?: { readonly owner: string; readonly megabytes: number };
  /** Everything that must last lies on disks that can be cut. Throws CannotCutError. */
  readonly cutDisks?: boolean;
  /** The router and the agents live in networks of their own. Throws NoNetworksError. */
  readonly networks?: boolean;
}

/** Each has a folder of its own for what must last. */
const owners = ['postgres', 'nats', `${worldAgent}-data`, `${workstation}-data`, 'workspace'] as const;
type Owner = (typeof owners)[number];

export interface Stage {
  /** New for each stage. */
  readonly run: string;
  readonly folder: string;
  readonly key: string;
  readonly principalId: string;
  readonly gateways: readonly (ManagedProcess & { readonly url: string })[];
  readonly router: ManagedProcess;
  readonly agents: readonly ManagedProcess[];
  readonly database: Database;
  readonly broker: Broker;
  readonly links: Links;
  readonly world: World;
  readonly signing: SigningKeys;
  readonly deaths: readonly Death[];
  /** Resolves at the next one. */
  nextDeath(): Promise<Death>;
  /** Of the file skills. */
  readonly workspace: string;
  /** Undefined when none was asked for, or none can be mounted. */
  readonly smallDisk: SmallDisk | undefined;
  /** Undefined when none were asked for. */
  readonly cutDisks: CutDisks | undefined;
  /** Undefined when none were asked for. */
  readonly networks: Networks | undefined;
  /** A connection to the database past all wires; for when the database is there. */
  openStore(): Store;
  /** Ends everything; the folder stays when it may be needed to understand a failure. */
  close(options?: { keepFolder?: boolean }): Promise<void>;
}

export function hasWorkstation(): boolean {
  return existsSync(entries.workstation);
}

interface Ground {
  readonly folder: string;
  /** Where this one keeps what must last. */
  readonly place: (owner: Owner) => string;
  readonly run: string;
  readonly database: Database;
  readonly broker: Broker;
  readonly links: Links;
  readonly networks: Networks | undefined;
  readonly signing: SigningKeys;
  readonly onDeath: (death: Death) => void;
}

async function specOf(
  ground: Ground,
  user: string,
  name: string,
  entry: string,
  env: Readonly<Record<string, string>>,
): Promise<ProcessSpec> {
  const { folder, broker, links, networks, onDeath } = ground;
  const prefix = networks?.prefixOf(name) ?? [];
  const address = prefix.length > 0 ? networks?.address : undefined;
  const port = await links.open(`${name}-bus`, broker.port, address);
  return {
    name,
    entry,
    prefix,
    logFile: join(folder, `${name}.log`),
    onDeath,
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: folder,
      LOG_LEVEL: process.env['FAULTS_LOG_LEVEL'] ?? 'info',
      NODE_COMPILE_CACHE: join(projectRoot, '.cache', 'compile'),
      NATS_URL: `nats://${address ?? '127.0.0.1'}:${port}`,
      BUS_SEED: broker.seeds[user] ?? '',
      ...env,
    },
  };
}

async function startGatewayProcess(ground: Ground, name: string, extra: Readonly<Record<string, string>>) {
  const { roles, port: databasePort } = ground.database;
  const link = String(await ground.links.open(`${name}-database`, databasePort));
  const linked = (url: string): string => Object.assign(new URL(url), { port: link }).href;
  const port = await freePort();
  const database = { DATABASE_URL: linked(roles.url), WORK_DATABASE_URL: linked(roles.workUrl) };
  const env = { ...database, SIGNING_KEY: ground.signing.privateKey, PORT: String(port), ...extra };
  const managed = manageProcess(await specOf(ground, 'gateway', name, entries.gateway, env));
  return { ...managed, url: `http://127.0.0.1:${port}` };
}

async function wayToWorld({ networks, links }: Ground, port: number): Promise<Readonly<Record<string, string>>> {
  if (networks === undefined) return { WORLD_PORT: String(port) };
  const { address } = networks;
  return { WORLD_HOST: address, WORLD_PORT: String(await links.open('outside', port, address)) };
}

async function startAgents(ground: Ground, worldPort: number, options: StageOptions): Promise<ManagedProcess[]> {
  const common = (name: typeof worldAgent | typeof workstation) => ({
    GATEWAY_PUBLIC_KEY: ground.signing.publicKey,
    DATA_DIR: ground.place(`${name}-data`),
    ...options.agentEnv,
  });
  const env = { ...common(worldAgent), ...(await wayToWorld(ground, worldPort)), WORLD_RUN: ground.run };
  const agents = [manageProcess(await specOf(ground, worldAgent, worldAgent, entries.worldAgent, env))];
  if (options.workstation && hasWorkstation()) {
    const own = { ...common(workstation), WORKSPACE: ground.place('workspace') };
    agents.push(manageProcess(await specOf(ground, workstation, workstation, entries.workstation, own)));
  }
  for (const name of roles) {
    const own = options.roles?.[name];
    if (own === undefined) continue;
    const data = { GATEWAY_PUBLIC_KEY: ground.signing.publicKey, DATA_DIR: join(ground.folder, `${name}-data`) };
    agents.push(manageProcess(await specOf(ground, name, name, entries.role(name), { ...data, ...own })));
  }
  return agents;
}

async function makeFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchboard-faults-')));
  // Where PostgreSQL has to run as another user, that user must get through.
  await chmod(folder, 0o711);
  return folder;
}

async function startWorld(run: string): Promise<{ helper: UntouchedProcess; world: World; port: number }> {
  const helper = startUntouched(entries.world, { WORLD_RUN: run });
  const { port } = await helper.hear(z.object({ port: z.int() }));
  return { helper, port, world: await connectWorld({ port, run }) };
}

async function makeOwner(database: Database): Promise<{ key: string; principalId: string }> {
  const { id, key, hash } = mintKey('faults');
  const principalId = randomUUID();
  const store = openStore({ ...database.roles, connectionsMax: 1 });
  await store.keys.ensure({ id, hash, scopes, principal: { id: principalId, name: 'owner' } });
  await store.close();
  return { key, principalId };
}

/** All load comes from one principal here: what is measured is not how it is limited. */
const gatewayEnv = { LEASE_MS: '3000', REQUESTS_PER_MINUTE_MAX: '1000000000' };

/** Resolves when everything is up and every agent is known. Takes some five seconds. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const folder = await makeFolder();
  const run = randomUUID();
  const deaths: Death[] = [];
  const cutDisks = options.cutDisks ? await mountCutDisks(folder, owners) : undefined;
  const place = (owner: Owner): string => cutDisks?.folderOf(owner) ?? join(folder, owner);
  const networks = options.networks ? await makeNetworks(['router', worldAgent, workstation]) : undefined;
  const workspace = place('workspace');
  await mkdir(workspace, { recursive: true });
  const disk = options.smallDisk;
  const smallDisk = disk && mountSmallDisk(join(folder, disk.owner), disk.megabytes);
  const [database, broker, links, outside] = await Promise.all([
    startDatabase(join(place('postgres'), 'data')),
    startBroker(place('nats'), [worldAgent, workstation, garbler, ...roles]),
    startLinks(),
    startWorld(run),
  ]);
  const owner = await makeOwner(database);
  const signing = createSigningKeys();
  const waiting: ((death: Death) => void)[] = [];
  const onDeath = (death: Death): void => {
    deaths.push(death);
    for (const tell of waiting.splice(0)) tell(death);
  };
  const ground: Ground = { folder, place, run, database, broker, links, networks, signing, onDeath };
  const routerEntry = options.realRouter ? entries.realRouter : entries.router;
  const router = manageProcess(await specOf(ground, 'router', 'router', routerEntry, {}));
  const agents = await startAgents(ground, outside.port, options);
  const names = Array.from({ length: options.gateways ?? 2 }, (_, index) => `gateway-${index + 1}`);
  const gateways = await Promise.all(
    names.map((name) => startGatewayProcess(ground, name, { ...gatewayEnv, ...options.gatewayEnv })),
  );
  const processes = [...gateways, router, ...agents];
  await Promise.all(processes.map((managed) => managed.ready()));
  return {
    run,
    folder,
    ...owner,
    gateways,
    router,
    agents,
    database,
    broker,
    links,
    world: outside.world,
    signing,
    deaths,
    nextDeath: () => new Promise((resolve) => waiting.push(resolve)),
    workspace,
    smallDisk,
    cutDisks,
    networks,
    openStore: () => openStore({ ...database.roles, connectionsMax: 8 }),
    async close({ keepFolder = false } = {}) {
      outside.world.close();
      await Promise.all(processes.map((managed) => managed.stop()));
      await Promise.all([database.stop(), broker.stop(), links.stop(), outside.helper.stop()]);
      smallDisk?.unmount();
      await cutDisks?.close();
      await networks?.close();
      if (!keepFolder) await rm(folder, { recursive: true, force: true });
    },
  };
}
