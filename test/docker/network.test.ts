// Who can reach whom: each container tries every address of every other, and one of the host that stands for the world.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { docker } from './stack/docker.ts';
import { outerAddress } from './stack/outer-address.ts';
import { inspectAll, openStack, type Service } from './stack/stack.ts';

const stack = openStack(inject('shared'));

const ports = { postgres: 5432, nats: 4222, 'nats monitor': 8222, gateway: 8420 } as const;

/** The expectation, in full: what is not here must not answer. */
const reaches: Partial<Record<Service, readonly string[]>> = {
  gateway: ['gateway', 'nats', 'postgres'],
  router: ['nats'],
  workstation: ['nats'],
  browser: ['nats', 'world'],
  messenger: ['nats', 'world'],
  business: ['nats', 'world'],
};

const inspectSchema = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
});

let targets: { name: string; host: string; port: number }[];
let world: Server;

beforeAll(async () => {
  const found = inspectSchema.array().parse(await inspectAll(stack));
  const addresses = new Map(
    found.map(({ Config, NetworkSettings }) => [
      Config.Labels['com.docker.compose.service'] ?? '',
      Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress),
    ]),
  );
  targets = Object.entries(ports).flatMap(([name, port]) => {
    const service = name.split(' ', 1)[0] ?? '';
    return [service, ...(addresses.get(service) ?? [])]
      .filter((host) => host !== '')
      .map((host) => ({ name, host, port }));
  });
  world = createServer((socket) => socket.on('error', () => {}).end('this is the world')).listen(0, '0.0.0.0');
  await new Promise((resolve) => world.once('listening', resolve));
  const address = world.address();
  if (address === null || typeof address === 'string') throw new Error('the world has no port');
  const outer = outerAddress();
  if (outer !== undefined) targets.push({ name: 'world', host: outer, port: address.port });
});
afterAll(() => world.close());

/** A connection proves nothing: on some networks anything that is far away takes one. What each says does. */
const script = (list: unknown): string => `
  import { connect } from 'node:net';
  const http = 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n';
  const says = {
    postgres: [Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), /^[NS]$/],
    nats: ['', /^INFO /],
    'nats monitor': [http, /"status"/],
    gateway: [http, /"status":"ok"/],
    world: ['', /^this is the world/],
  };
  const reach = ({ name, host, port }) => new Promise((resolve) => {
    const [ask, answer] = says[name];
    const socket = connect({ host, port });
    let said = '';
    const end = () => { socket.destroy(); resolve(answer.test(said) ? name : undefined); };
    setTimeout(end, 1500);
    socket.once('connect', () => socket.write(ask)).once('error', end).once('close', end);
    socket.on('data', (piece) => { said += piece; if (answer.test(said)) end(); });
  });
  const found = await Promise.all(${JSON.stringify(list)}.map(reach));
  console.log(JSON.stringify([...new Set(found.filter(Boolean))].sort()));`;

describe.each(Object.entries(reaches))('%s', (service, expected) => {
  test(`reaches ${expected?.join(', ')}, and nothing else`, async () => {
    const others = targets.filter(({ name }) => !(service === 'gateway' && name === 'world'));
    const found = await stack.node(service as Service, z.array(z.string()), script(others));
    expect(found).toEqual(expected);
  });
});

test('names of the world are asked for by those who may go there only', async () => {
  const look = `
    import { Resolver } from 'node:dns/promises';
    const resolver = new Resolver({ timeout: 1000, tries: 1 });
    const code = await resolver.resolve4('example.org').then(() => 'found', (error) => error.code);
    console.log(JSON.stringify(code));`;
  for (const service of ['router', 'workstation'] as const) {
    // Docker's name server does not even ask.
    expect(['ENOTFOUND', 'ESERVFAIL', 'EREFUSED', 'ENODATA']).toContain(await stack.node(service, z.string(), look));
  }
});

test('the host has no address on the networks inside, and the doors let nothing out', async () => {
  const schema = z.array(
    z.object({ Name: z.string(), Internal: z.boolean(), Options: z.record(z.string(), z.string()).nullable() }),
  );
  const names = await docker(['network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${stack.project}`]);
  const networks = schema.parse(JSON.parse(await docker(['network', 'inspect', ...names.split('\n').filter(Boolean)])));
  const option = (of: (typeof networks)[number], name: string) => of.Options?.[`com.docker.network.bridge.${name}`];
  const open = networks.filter(({ Internal }) => !Internal).map(({ Name }) => Name.replace(`${stack.project}_`, ''));
  expect(open.sort()).toEqual(['edge-api', 'edge-bus', 'outside']);
  for (const network of networks) {
    if (network.Internal) expect(option(network, 'inhibit_ipv4'), network.Name).toBe('true');
    else if (network.Name.endsWith('outside')) expect(option(network, 'enable_icc')).toBe('false');
    else expect(option(network, 'enable_ip_masquerade')).toBe('false');
  }
});
