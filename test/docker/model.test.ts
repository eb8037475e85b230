// The model service in containers: there where its profile asks for it, and the only one that holds and reaches models.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { outerAddress } from './stack/outer-address.ts';
import { inspectAll, openStack } from './stack/stack.ts';

const place = inject('shared');
const stack = openStack(place);
const host = outerAddress();
const key = 'a-key-that-nobody-else-has';

describe.skipIf(host === undefined)('with its profile', () => {
  let server: ModelServer;

  beforeAll(async () => {
    server = await startModelServer({ host: '0.0.0.0', answer: () => ({ text: 'Good morning.' }) });
    const folder = join(place.env?.['CONFIG'] ?? '', 'model');
    const model = `{ name: far, api: openai, baseUrl: "http://${host}:${server.port}/v1", model: far, contextTokens: 8192, free: true }`;
    await writeFile(join(folder, 'models.yaml'), `version: 1\nmodels:\n  - ${model}\n`);
    await writeFile(join(folder, 'settings.env'), `OPENAI_API_KEY=${key}\n`);
    await stack.compose(['--profile', 'model', 'up', '-d', '--wait', '--no-build', '--no-deps', 'model'], {
      timeoutMs: 120_000,
    });
  });
  afterAll(async () => {
    await stack.compose(['--profile', 'model', 'rm', '--stop', '--force', 'model']);
    await server.close();
  });

  test('it answers', async () => {
    const client = await stack.client();
    const session = await client.createSession('with a model');
    const turn = await client.say(session.id, 'hi');
    expect(turn).toMatchObject({ state: 'completed', route: { outcome: 'drive' } });
    expect(turn.output?.text).toMatch(/^Good morning\./);
    expect(server.asked).toHaveLength(1);
  });

  test('it finds its own secrets, reaches the broker, and no other container', async () => {
    const found = await stack.node(
      'model',
      z.object({ secrets: z.array(z.string()), reached: z.array(z.string()), user: z.number() }),
      `
      import { readdirSync } from 'node:fs';
      import { connect } from 'node:net';
      const reach = (host, port) => new Promise((resolve) => {
        const socket = connect({ host, port, timeout: 1500 });
        socket.on('connect', () => { socket.destroy(); resolve([host]); });
        for (const event of ['error', 'timeout']) socket.on(event, () => { socket.destroy(); resolve([]); });
      });
      const all = [['nats', 4222], ['nats', 8222], ['gateway', 8420], ['postgres', 5432]];
      const reached = (await Promise.all(all.map(([host, port]) => reach(host, port)))).flat();
      console.log(JSON.stringify({ secrets: readdirSync('/run/secrets').sort(), reached, user: process.getuid() }));
      `,
    );
    expect(found).toEqual({ secrets: ['bus.seed', 'ca.pem'], reached: ['nats'], user: 10_000 });
  });

  test('its key is in no inspect, no log, and no other container', async () => {
    expect(JSON.stringify(await inspectAll(stack))).not.toContain(key);
    expect((await stack.tryCompose(['--profile', 'model', 'logs', '--no-color'])).stdout).not.toContain(key);
    for (const service of ['gateway', 'router', 'workstation', 'messenger', 'business'] as const) {
      const { stdout } = await stack.shell(service, `env; cat /config/* 2>/dev/null; true`);
      expect(stdout, service).not.toContain(key);
    }
  });
});
