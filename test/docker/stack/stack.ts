// One deployment in containers, as docker-compose.yml describes it, under a name and on ports of its own.
import { randomBytes } from 'node:crypto';
import { onFreePort } from '@switchboard/embedded';
import { projectRoot } from '@switchboard/testkit';
import { z } from 'zod';
import { type Client, connect } from '../../../scripts/client/client.ts';
import { type DockerOptions, docker, type Said, tryDocker } from './docker.ts';

export const agents = ['workstation', 'browser', 'messenger', 'business'] as const;
export const services = ['postgres', 'nats', 'gateway', 'router', ...agents] as const;
export type Service = (typeof services)[number] | 'init' | 'migrate' | 'model' | 'welcome';

export interface StackPlace {
  readonly project: string;
  readonly port: number;
  readonly natsPort: number;
  /** Compose files after the first. */
  readonly overrides?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface UpOptions extends DockerOptions {
  /** Services that are not needed this time. */
  readonly without?: readonly Service[];
}

export interface Stack extends StackPlace {
  readonly url: string;
  /** `docker compose …` of it; throws when it fails. */
  compose(args: readonly string[], options?: DockerOptions): Promise<string>;
  tryCompose(args: readonly string[], options?: DockerOptions): Promise<Said>;
  up(options?: UpOptions): Promise<void>;
  /** Takes away all that it made. */
  down(): Promise<void>;
  container(service: Service): string;
  /** Runs Node in a container, with a script of modules, and reads the JSON that it prints. */
  node<Schema extends z.ZodType>(service: Service, schema: Schema, script: string): Promise<z.output<Schema>>;
  shell(service: Service, script: string): Promise<Said>;
  /** With the owner's key; waits until the agents are here. */
  client(wanted?: readonly string[]): Promise<Client>;
}

export const freePort = (): Promise<number> => onFreePort(undefined, async (port) => port);

export async function newPlace(more: Pick<StackPlace, 'overrides' | 'env'> = {}): Promise<StackPlace> {
  return {
    project: `switchboard-test-${randomBytes(4).toString('hex')}`,
    port: await freePort(),
    natsPort: await freePort(),
    ...more,
  };
}

/** Knows where it is; starts nothing. */
export function openStack(place: StackPlace): Stack {
  const files = ['docker-compose.yml', ...(place.overrides ?? [])].flatMap((file) => ['-f', file]);
  const prefix = ['compose', '--progress', 'quiet', '-p', place.project, ...files];
  const set = (options: DockerOptions = {}): DockerOptions => ({
    cwd: projectRoot,
    ...options,
    env: { PORT: String(place.port), NATS_PORT: String(place.natsPort), ...place.env, ...options.env },
  });
  const compose: Stack['compose'] = (args, options) => docker([...prefix, ...args], set(options));
  const tryCompose: Stack['tryCompose'] = (args, options) => tryDocker([...prefix, ...args], set(options));
  const container = (service: Service): string => `${place.project}-${service}-1`;
  const url = `http://127.0.0.1:${place.port}`;
  return {
    ...place,
    url,
    compose,
    tryCompose,
    container,
    async up({ without = [], ...options } = {}) {
      const scale = without.flatMap((service) => ['--scale', `${service}=0`]);
      await compose(['up', '-d', '--wait', '--no-build', ...scale], { timeoutMs: 240_000, ...options });
    },
    down: async () => {
      const profiles = ['operator', 'backup', 'model'].flatMap((profile) => ['--profile', profile]);
      await compose([...profiles, 'down', '--volumes', '--remove-orphans', '--timeout', '2']);
    },
    async node(service, schema, script) {
      const args = ['exec', container(service), 'node', '--input-type=module', '-e', script];
      return schema.parse(JSON.parse(await docker(args)));
    },
    shell: (service, script) => tryDocker(['exec', container(service), 'sh', '-c', script]),
    async client(wanted = agents) {
      const key = (await compose(['run', '--rm', '-T', '--no-deps', 'operator', 'key'])).trim();
      const client = connect(url, key);
      await client.waitUntilReady(wanted, 60_000);
      return client;
    },
  };
}

const inspected = z.array(z.record(z.string(), z.unknown()));

/** What `docker inspect` says of each container of the project, also of those that have ended. */
export async function inspectAll({ project }: StackPlace): Promise<Record<string, unknown>[]> {
  const ids = await docker(['ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`]);
  return inspected.parse(JSON.parse(await docker(['inspect', ...ids.split('\n').filter(Boolean)])));
}
