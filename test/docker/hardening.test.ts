// Every container as hard as docker-compose.yml says: seen by the engine, and from inside.
import { describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { inspectAll, openStack, type Service, services } from './stack/stack.ts';

const stack = openStack(inject('shared'));

const inspectSchema = z.object({
  Name: z.string(),
  Config: z.object({ User: z.string(), Labels: z.record(z.string(), z.string()) }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    Privileged: z.boolean(),
    CapAdd: z.array(z.string()).nullable(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()),
    Memory: z.number(),
    NanoCpus: z.number(),
    PidsLimit: z.number(),
    NetworkMode: z.string(),
    PidMode: z.string(),
    IpcMode: z.string(),
    RestartPolicy: z.object({ Name: z.string() }),
    LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()) }),
    PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() }))).nullable(),
  }),
  Mounts: z.array(z.object({ Destination: z.string(), RW: z.boolean(), Source: z.string() })),
});

/** All that each may write to, beside /tmp and what is the kernel's. */
const writable: Readonly<Record<(typeof services)[number], readonly string[]>> = {
  postgres: ['/var/lib/postgresql', '/var/run/postgresql'],
  nats: ['/data'],
  gateway: [],
  router: [],
  workstation: ['/data', '/workspace'],
  browser: ['/data'],
  messenger: ['/data'],
  business: ['/data'],
};

test('the engine holds every container to it', async () => {
  const all = inspectSchema.array().parse(await inspectAll(stack));
  expect(all.length).toBeGreaterThanOrEqual(services.length + 2);
  for (const { Name, Config, HostConfig, Mounts } of all) {
    const { SecurityOpt, LogConfig, ...host } = HostConfig;
    expect(host, Name).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapAdd: null, CapDrop: ['ALL'] });
    expect(Config.User, Name).toMatch(/^(postgres|1000\d:10000)$/);
    expect(SecurityOpt, Name).toContain('no-new-privileges:true');
    // Docker's own profile, or one of ours: never none.
    expect(SecurityOpt.join(' '), Name).not.toMatch(/unconfined/);
    expect(host.Memory, Name).toBeGreaterThan(0);
    expect(host.Memory, Name).toBeLessThanOrEqual(2 * 1024 ** 3);
    expect(host.NanoCpus, Name).toBeGreaterThan(0);
    expect(host.PidsLimit, Name).toBeGreaterThan(0);
    expect(host.PidsLimit, Name).toBeLessThanOrEqual(512);
    expect([host.NetworkMode, host.PidMode, host.IpcMode], Name).not.toContain('host');
    expect(['none', 'local']).toContain(LogConfig.Type);
    if (LogConfig.Type === 'local') expect(LogConfig.Config, Name).toEqual({ 'max-size': '10m', 'max-file': '3' });
    expect(Mounts.filter(({ Source }) => Source.includes('docker.sock'))).toEqual([]);
  }
});

test('what runs starts again by itself, and what is done stays done', async () => {
  const all = inspectSchema.array().parse(await inspectAll(stack));
  const policies = all.map(({ Config, HostConfig }) => [
    Config.Labels['com.docker.compose.service'],
    HostConfig.RestartPolicy.Name,
  ]);
  expect(Object.fromEntries(policies)).toEqual({
    ...Object.fromEntries(services.map((service) => [service, 'unless-stopped'])),
    ...Object.fromEntries(['init', 'migrate', 'welcome'].map((service) => [service, 'no'])),
  });
});

test('two ports are published, both on loopback: the gateway’s, and the broker’s for the operator', async () => {
  const all = inspectSchema.array().parse(await inspectAll(stack));
  const published = all.flatMap(({ Config, HostConfig }) =>
    Object.entries(HostConfig.PortBindings ?? {}).map(([port, bindings]) => [
      Config.Labels['com.docker.compose.service'],
      port,
      ...bindings.map(({ HostIp }) => HostIp),
    ]),
  );
  expect(published.sort()).toEqual([
    ['gateway', '8420/tcp', '127.0.0.1'],
    ['nats', '4222/tcp', '127.0.0.1'],
  ]);
});

async function statusOf(service: Service): Promise<Record<string, string>> {
  const { stdout } = await stack.shell(service, 'cat /proc/1/status');
  return Object.fromEntries(
    Array.from(stdout.matchAll(/^(\w+):\t(.*)$/gm), ([, key = '', value = '']) => [key, value]),
  );
}

describe.each(services)('from inside %s', (service) => {
  test('nobody’s root, no capability, and none to be had', async () => {
    const status = await statusOf(service);
    expect(status['Uid']).not.toMatch(/\b0\b/);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(status[set], set).toMatch(/^0+$/);
    expect(status['NoNewPrivs']).toBe('1');
    expect(status['Seccomp']).toBe('2');
  });

  test('nothing can be written but its own', async () => {
    const allowed = ['/tmp', '/dev/shm', '/dev/mqueue', ...writable[service]];
    const places = ['/', '/app', '/etc', '/usr/bin', '/root', '/run/secrets', '/config', '/var/tmp', ...allowed];
    const script = `for d in ${places.join(' ')}; do (echo x >$d/.probe) 2>/dev/null && rm $d/.probe && echo $d; done; true`;
    const { stdout } = await stack.shell(service, script);
    const could = stdout.split('\n').filter(Boolean);
    expect(could.filter((place) => !allowed.includes(place))).toEqual([]);
    for (const place of writable[service]) expect(could).toContain(place);
    // Of all that is mounted, by the kernel's own list.
    const { stdout: mounts } = await stack.shell(service, 'cat /proc/mounts');
    const open = mounts
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, place = '', type = '', options = '']) => {
        const kernels = /^\/(proc|sys|dev)(\/|$)/.test(place) || ['proc', 'sysfs', 'cgroup', 'cgroup2'].includes(type);
        return !kernels && /^rw(,|$)/.test(options);
      })
      .map(([, place]) => place);
    expect(open.sort()).toEqual(
      ['/tmp', ...writable[service].map((place) => place.replace('/var/run/', '/run/'))].sort(),
    );
  });

  test('no engine to talk to', async () => {
    const { stdout } = await stack.shell(service, 'ls /var/run/docker.sock /run/docker.sock 2>/dev/null; true');
    expect(stdout).toBe('');
  });
});
