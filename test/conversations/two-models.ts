// A Switchboard with two models, over both providers' wires, that say what a test records; for what breaks in between.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Turn } from '@switchboard/contract';
import { tempFolder, waitUntil } from '@switchboard/testkit';
import { type ModelServer, startModelServer } from '@switchboard/testkit/peers/model-server';
import { type System, startSystem } from '@switchboard/testkit/start-system';
import { type Talk, talkTo } from '../system/talk.ts';
import { follow } from './play.ts';
import { answer, call, choose, type Exchange } from './recording.ts';
import { modelIsHere } from './world.ts';

export const person = 'Which of my notes says something about bread?';
export const found = [choose('search-files', 'read-file'), call('search-files', { query: 'bread' })] as const;

const long = Array.from({ length: 60 }, (_, n) => `word ${n}`).join(', ');
/** Some three seconds of writing. */
export const slowly = answer({ text: long, pieceCharacters: 6, betweenMs: 40 });

export interface Script {
  readonly talk: Talk;
  /** Requests since, of the first model and of the second. */
  asked(): number[];
  /** What was otherwise than recorded. */
  problems(): string[];
  /** Reads a turn until it ends, also from a gateway that has died in between. */
  ended(turn: Turn): Promise<Turn>;
}

export interface TwoModels {
  readonly system: System;
  /** Over Anthropic's wire, with a key. It is asked first. */
  readonly first: ModelServer;
  /** Over OpenAI's. */
  readonly second: ModelServer;
  /** A new session, and from now on these answers. */
  begin(ofFirst: readonly Exchange[], ofSecond?: readonly Exchange[]): Promise<Script>;
  /** `notes/food.txt`, as it was. */
  putNotes(): void;
  close(): Promise<void>;
}

const over = ['completed', 'failed', 'canceled', 'rejected'];

export const skillsOf = ({ steps }: Turn): string[] => steps.map(({ skill, state }) => `${skill} ${state}`);

export async function openTwoModels(key: string): Promise<TwoModels> {
  const [folder, first, second] = await Promise.all([tempFolder(), startModelServer({ key }), startModelServer()]);
  const price = { input: 1, output: 5 };
  const models = [
    { name: 'first', api: 'anthropic', baseUrl: first.url, model: 'one', key: 'ANTHROPIC_API_KEY' },
    { name: 'second', api: 'openai', baseUrl: second.openaiUrl, model: 'two' },
  ].map((model) => ({ ...model, contextTokens: 32_000, price }));
  // JSON is YAML.
  writeFileSync(join(folder.path, 'models.yaml'), JSON.stringify({ models }));
  writeFileSync(join(folder.path, 'key'), key);
  const budgets = { MODEL_USD_DAY: '1000', MODEL_USD_PRINCIPAL_DAY: '1000', MODEL_USD_SESSION: '2' };
  const files = {
    MODELS_FILE: join(folder.path, 'models.yaml'),
    ANTHROPIC_API_KEY_FILE: join(folder.path, 'key'),
  };
  const system = await startSystem({ home: join(folder.path, 'home'), env: { ...files, ...budgets } });
  const putNotes = (): void => {
    const file = join(system.workspace, 'notes', 'food.txt');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'Bread, butter.');
  };
  putNotes();

  async function begin(ofFirst: readonly Exchange[], ofSecond: readonly Exchange[] = []): Promise<Script> {
    await modelIsHere(system);
    const talk = await talkTo(system);
    const scripts = [follow(first, ofFirst, new Map()), follow(second, ofSecond, new Map())];
    const [before, beside] = [first.asked.length, second.asked.length];
    const read = async (turn: Turn): Promise<Turn | undefined> => {
      const now = await talk.read(turn).catch(() => undefined);
      return now && over.includes(now.state) ? now : undefined;
    };
    return {
      talk,
      asked: () => [first.asked.length - before, second.asked.length - beside],
      problems: () => [
        ...scripts.flatMap(({ problems }) => problems),
        ...scripts.flatMap((script) => script.left().map((exchange) => `not asked for: ${JSON.stringify(exchange)}`)),
      ],
      ended: (turn) => waitUntil('the end of the turn', () => read(turn), 60_000),
    };
  }

  return {
    system,
    first,
    second,
    begin,
    putNotes,
    async close() {
      await system.close();
      await Promise.all([first.close(), second.close()]);
      await folder.remove();
    },
  };
}
