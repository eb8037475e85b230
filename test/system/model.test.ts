// A model as an operator gives it: a file that names it, a key that reaches one process alone, or an Ollama that is found.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { processesBeneath, type System, startSystem } from '@switchboard/testkit/start-system';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const readySchema = z.object({ parts: z.record(z.string(), z.string()) });
/** A whole start, beside all that the other tests do. */
const startMsMax = 110_000;
const modelEntry = 'services/model/src/main.ts';

async function modelPart(system: System): Promise<string | undefined> {
  const { parts } = readySchema.parse(await (await system.call('GET', '/readyz')).json());
  return parts['model'];
}

/** Every process of the system but the test's own, with all that its environment holds. */
function environments(system: System): { command: string; environ: string }[] {
  return processesBeneath(system.pid).flatMap(({ pid, command }) => {
    try {
      return [{ command, environ: readFileSync(`/proc/${pid}/environ`, 'latin1') }];
    } catch {
      return [];
    }
  });
}

describe('a model that is named in a file', () => {
  const key = 'sk-canary-5e1f0a7c9d';
  const other = 'gsk-canary-77c1b2e4a0';
  let folder: TempFolder;
  let server: ModelServer;
  let system: System;
  beforeAll(async () => {
    [folder, server] = await Promise.all([tempFolder(), startModelServer()]);
    const file = join(folder.path, 'mine.yaml');
    const entry = `api: openai, baseUrl: '${server.openaiUrl}', model: small-1, contextTokens: 8192`;
    const models = [
      `{ name: small, ${entry}, key: OPENAI_API_KEY }`,
      `{ name: spare, ${entry}, key: SPARE_ROUTE_KEY }`,
    ];
    writeFileSync(file, `models:\n${models.map((model) => `  - ${model}\n`).join('')}`);
    const env = { MODELS_FILE: file, OPENAI_API_KEY: key, SPARE_ROUTE_KEY: other };
    system = await startSystem({ home: join(folder.path, 'home'), env });
  });
  afterAll(async () => {
    await system?.close();
    await Promise.all([server?.close(), folder?.remove()]);
  });

  test('is there, and no provider was asked for it', async () => {
    await waitUntil('the gateway hears of it', async () => (await modelPart(system)) === 'ok');
    expect(server.requests).toEqual([]);
  });

  test('its keys reach the model service, and no other process', () => {
    const holders = environments(system).filter(({ environ }) => environ.includes(key) || environ.includes(other));
    expect(holders.length).toBeGreaterThan(0);
    expect(holders.filter(({ command }) => !command.includes(modelEntry))).toEqual([]);
    expect(holders.every(({ environ }) => environ.includes(key) && environ.includes(other))).toBe(true);
  });

  test('its keys are in no file of the home, and nothing that was printed has them', () => {
    const files = globSync(['*', 'logs/*', 'model/*', 'secrets/*'], { cwd: system.home }).map((name) =>
      join(system.home, name),
    );
    const texts = files.flatMap((file) => {
      try {
        return [readFileSync(file, 'latin1')];
      } catch {
        return [];
      }
    });
    expect(texts.length).toBeGreaterThan(10);
    expect([system.output(), ...texts].filter((text) => text.includes(key) || text.includes(other))).toEqual([]);
  });

  test('the home has a file to name one in, for the next start', () => {
    expect(readFileSync(join(system.home, 'models.yaml'), 'utf8')).toContain('models: []');
  });
});

describe('a start without a named model', () => {
  let folder: TempFolder;
  let server: ModelServer;
  beforeAll(async () => {
    [folder, server] = await Promise.all([tempFolder(), startModelServer()]);
    server.list([
      { name: 'nomic-embed-text:latest', family: 'nomic-bert' },
      { name: 'gemma3:1b', capabilities: ['completion'] },
      { name: 'llama3.2:latest', capabilities: ['completion', 'tools'] },
    ]);
  });
  afterAll(() => Promise.all([server?.close(), folder?.remove()]));

  test(
    'finds a local Ollama, says so, and has its model',
    async () => {
      const system = await startSystem({ home: join(folder.path, 'with'), env: { OLLAMA_URL: server.url } });
      try {
        expect(system.output()).toContain(`found Ollama at ${server.url}: llama3.2:latest`);
        await waitUntil('the gateway hears of it', async () => (await modelPart(system)) === 'ok');
        expect(server.requests).toEqual(['GET /api/tags']);
      } finally {
        await system.close();
      }
    },
    startMsMax,
  );

  test(
    'where there is none, has no model service and says nothing of one',
    async () => {
      server.list([]);
      const system = await startSystem({ home: join(folder.path, 'without'), env: { OLLAMA_URL: server.url } });
      try {
        expect(system.output()).not.toMatch(/ollama|model /i);
        expect(environments(system).some(({ command }) => command.includes(modelEntry))).toBe(false);
        expect(existsSync(join(system.home, 'logs', 'model.log'))).toBe(false);
        expect(await modelPart(system)).toBeUndefined();
      } finally {
        await system.close();
      }
    },
    startMsMax,
  );
});
