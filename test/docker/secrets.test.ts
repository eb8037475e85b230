// Secrets lie in files that one container mounts, and nowhere else: not in inspect, images, logs or other containers.
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { docker } from './stack/docker.ts';
import { inspectAll, openStack, type Service, services } from './stack/stack.ts';

const stack = openStack(inject('shared'));

/** What each finds where secrets are mounted. */
const mounted: Readonly<Record<(typeof services)[number], readonly string[]>> = {
  postgres: ['password'],
  nats: ['ca.pem', 'nats.conf', 'tls.key', 'tls.pem'],
  gateway: ['bus.seed', 'ca.pem', 'database.url', 'signing.key', 'work-database.url'],
  router: ['bus.seed', 'ca.pem'],
  workstation: ['bus.seed', 'ca.pem', 'gateway.pub'],
  browser: ['bus.seed', 'ca.pem', 'gateway.pub'],
  messenger: ['bus.seed', 'ca.pem', 'gateway.pub'],
  business: ['bus.seed', 'ca.pem', 'gateway.pub'],
};

/** Path in the volume → what must be nowhere else. */
let secrets: Map<string, string>;

/** What nobody else could have: of a key its longest line, of an address its password. */
function secretIn(path: string, words: readonly string[]): string {
  const [first = ''] = words;
  if (path.endsWith('.json'))
    return (
      z
        .object({ key: z.string() })
        .parse(JSON.parse(words.join(' ')))
        .key.split('\n')[1] ?? ''
    );
  if (first.startsWith('postgres://')) return new URL(first).password;
  return words.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

beforeAll(async () => {
  const read = `cd /s && find . -type f ! -name '*.pub' ! -name nats.conf ! -name made.json ! -name run.json ! -name remote-agents.json ! -name key-shown ! -name '*.suffix' ! -name '*.pem' -exec sh -c 'printf "%s %s\\n" "$1" "$(tr "\\n" " " <"$1")"' - {} \\;`;
  const image = 'switchboard-services:0.1.0';
  const args = ['run', '--rm', '--network=none', '--user=0:0', `--volume=${stack.project}_secrets:/s:ro`];
  const lines = (await docker([...args, '--entrypoint=sh', image, '-c', read])).split('\n').filter(Boolean);
  secrets = new Map(
    lines.map((line) => {
      const [path = '', ...words] = line.trim().split(' ');
      return [path.slice(2), secretIn(path, words)];
    }),
  );
});

function found(text: string): string[] {
  return [...secrets].filter(([, secret]) => text.includes(secret)).map(([path]) => path);
}

test('there are as many as there are parts, each of its own', () => {
  expect([...secrets.keys()].length).toBeGreaterThanOrEqual(15);
  for (const [path, secret] of secrets) expect(secret.length, path).toBeGreaterThanOrEqual(16);
  const seeds = [...secrets].filter(([path]) => path.endsWith('.seed')).map(([, seed]) => seed);
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(found(secrets.get('router/bus.seed') ?? '')).toEqual(['router/bus.seed']);
});

test('none is in what the engine says of the containers, or in the compose file', async () => {
  expect(found(JSON.stringify(await inspectAll(stack)))).toEqual([]);
  expect(found(await stack.compose(['--profile', 'operator', 'config']))).toEqual([]);
});

test('none is in a log', async () => {
  const { stdout, stderr } = await stack.tryCompose(['logs', '--no-color']);
  expect(stdout.length).toBeGreaterThan(1_000);
  expect(found(stdout + stderr)).toEqual([]);
});

test('images are made before any secret is: where they will lie, there is nothing', async () => {
  for (const image of ['services', 'workstation', 'browser']) {
    const look = 'find /secrets /broker /operator /data /run/secrets /config -type f 2>/dev/null; true';
    const args = ['run', '--rm', '--network=none', '--user=0:0', '--entrypoint=sh', `switchboard-${image}:0.1.0`];
    expect(await docker([...args, '-c', look]), image).toBe('');
    const history = await docker(['history', '--no-trunc', '--format', '{{.CreatedBy}}', `switchboard-${image}:0.1.0`]);
    expect(history + (await docker(['inspect', `switchboard-${image}:0.1.0`]))).not.toMatch(
      /SU[A-Z2-7]{56}|PRIVATE KEY|sb_[0-9a-f]{16}_/,
    );
  }
});

describe.each(services)('%s', (service: Service & (typeof services)[number]) => {
  test('holds its own and no other', async () => {
    const { stdout: files } = await stack.shell(service, 'cd /run/secrets && ls -A');
    expect(files.split('\n').filter(Boolean)).toEqual(mounted[service]);
    const read =
      'cat /run/secrets/* 2>/dev/null; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n"; true';
    const { stdout } = await stack.shell(service, read);
    const own = found(stdout).filter((path) => !path.startsWith(`${service}/`));
    // The gateway's two addresses hold the passwords that migrate has given those logins.
    expect(own).toEqual(
      service === 'gateway'
        ? ['migrate/database-api.password', 'migrate/database-work.password']
        : service === 'postgres'
          ? ['migrate/admin.url']
          : [],
    );
    const { stdout: environment } = await stack.shell(service, 'cat /proc/1/environ');
    expect(found(environment)).toEqual([]);
  });
});
