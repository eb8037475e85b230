// The whole of Switchboard as `npm start` runs it, in a house of real servers and with a model that says what was recorded.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openStore, type Store } from '@switchboard/store';
import { type TempFolder, tempFolder, waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { workspaceState } from '@switchboard/testkit/skill-workspace';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { z } from 'zod';
import type { Names } from './compare.ts';
import { type House, openHouse, owner } from './house.ts';
import type { Place } from './play.ts';
import type { Conversation, Mail } from './recording.ts';

export interface World extends Place {
  readonly system: System;
  readonly house: House;
  close(): Promise<void>;
}

/** JSON is YAML. */
function modelsFile(model: ModelServer): string {
  const price = { input: 1, output: 5 };
  const main = {
    name: 'main',
    api: 'openai',
    baseUrl: model.openaiUrl,
    model: 'recorded',
    contextTokens: 32_000,
    price,
  };
  return JSON.stringify({ models: [main] });
}

/** With a model that the gateway has heard of. */
export async function modelIsHere(system: System): Promise<void> {
  await waitUntil(
    'a model',
    async () => {
      const ready = z.object({ parts: z.record(z.string(), z.string()) });
      const { parts } = ready.parse(await (await system.call('GET', '/readyz')).json());
      // "ok; <why>" after a call that failed: it is here, and the next call is tried.
      return parts['model']?.startsWith('ok') ?? false;
    },
    30_000,
  );
}

function rawMail({ from, subject, text }: Mail, number: number): string {
  const id = `<recorded-${number}-${Date.now()}@example.net>`;
  const head = [`From: ${from}`, `To: ${owner}`, `Message-ID: ${id}`, `Date: ${new Date().toUTCString()}`];
  return `${[...head, `Subject: ${subject}`].join('\r\n')}\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\n`;
}

/** Text as it is; what is no text in latin1, so that a part of it can be named. */
function readable(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes.toString('latin1');
}

function filesIn(workspace: string): [string, string][] {
  return Object.entries(workspaceState(workspace)).map(([path, content]) =>
    content.startsWith('(') ? [`folder ${path}`, content] : [`file ${path}`, readable(content)],
  );
}

async function ownerOf(system: System): Promise<string> {
  const listed = z.object({ principals: z.array(z.object({ id: z.string() })) });
  const { principals } = listed.parse(await (await system.call('GET', '/v1/principals')).json());
  const [first, ...others] = principals;
  if (first === undefined || others.length > 0) throw new Error('there should be one principal');
  return first.id;
}

function storeOf(home: string): Store {
  const url = (name: string): string => readFileSync(join(home, 'secrets', name), 'utf8').trim();
  return openStore({ url: url('database.url'), workUrl: url('work-database.url'), connectionsMax: 1 });
}

export interface PlaceParts {
  readonly system: System;
  readonly model: ModelServer;
  /** Not there: nothing but Switchboard itself. */
  readonly house?: House;
}

/** Closed before its system. */
export async function openPlace({ system, model, house }: PlaceParts): Promise<Place & { close(): Promise<void> }> {
  const store = storeOf(system.home);
  const principal = await ownerOf(system);

  async function prepare({ files = {}, mails = [] }: Conversation): Promise<Names> {
    for (const entry of Object.keys(workspaceState(system.workspace))) {
      rmSync(join(system.workspace, entry), { recursive: true, force: true });
    }
    for (const [path, text] of Object.entries(files)) {
      const file = join(system.workspace, path);
      mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(file, text);
    }
    for (const [index, mail] of mails.entries()) await house?.deliver(rawMail(mail, index));
    await house?.begin();
    return new Map(house ? [['site', house.siteUrl]] : []);
  }

  async function look(): Promise<ReadonlyMap<string, string>> {
    const known = { words: undefined, untrusted: true, limit: 50 };
    const [{ facts }, others] = await Promise.all([store.work.facts.recall(principal, known), house?.look() ?? []]);
    const remembered = facts.map(({ text, provenance }): [string, string] => [`fact: ${text}`, provenance]);
    return new Map([...filesIn(system.workspace), ...remembered, ...others]);
  }

  return { system, model, prepare, look, close: () => store.close() };
}

export async function openWorld(): Promise<World> {
  const [folder, house, model]: [TempFolder, House, ModelServer] = await Promise.all([
    tempFolder(),
    openHouse(),
    startModelServer(),
  ]);
  const apis = join(folder.path, 'apis');
  mkdirSync(apis);
  writeFileSync(join(apis, 'guests.yaml'), house.apiFile);
  const models = join(folder.path, 'models.yaml');
  writeFileSync(models, modelsFile(model));
  const budgets = { MODEL_USD_DAY: '1000', MODEL_USD_PRINCIPAL_DAY: '1000' };
  const env = { ...house.env, ...budgets, APIS_DIR: apis, MODELS_FILE: models };
  const system = await startSystem({ home: join(folder.path, 'home'), env });
  await modelIsHere(system);
  const place = await openPlace({ system, model, house });
  return {
    ...place,
    system,
    house,
    async close() {
      await place.close();
      await system.close();
      await Promise.all([house.close(), model.close()]);
      await folder.remove();
    },
  };
}
