// models.yaml: what is taken, and what is wrong with it in one line that repeats nothing of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@switchboard/testkit';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { defaultModelsText, parseModels, readKeys, readModelsFile, requireModels } from '../src/models-file.ts';

const file = (...entries: string[]) => `version: 1\nmodels:\n${entries.map((one) => `  - { ${one} }\n`).join('')}`;
const small = 'name: small, api: openai, baseUrl: "http://ollama:11434/v1/", model: llama3.2, contextTokens: 4096';
const secret = 'sk-proj-abc123DEF456';

function problem(text: string): string {
  try {
    parseModels(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it was taken');
}

describe('what is taken', () => {
  it('a model in the house costs nothing and needs no key', () => {
    expect(parseModels(file(small))).toEqual([
      {
        name: 'small',
        api: 'openai',
        baseUrl: 'http://ollama:11434/v1',
        model: 'llama3.2',
        contextTokens: 4096,
        key: undefined,
        price: { input: 0, output: 0 },
        timeoutSeconds: 60,
        idleSeconds: 30,
        concurrency: 64,
        waitingMax: 256,
        isHosted: false,
        provider: 'openai at ollama:11434',
      },
    ]);
  });

  it('a provider itself has its own address and key', () => {
    const price = 'price: { input: 3, output: 15 }';
    const models = parseModels(file(`name: claude, api: anthropic, model: m, contextTokens: 200000, ${price}`));
    expect(models[0]).toMatchObject({
      baseUrl: 'https://api.anthropic.com',
      key: 'ANTHROPIC_API_KEY',
      price: { input: 3, output: 15 },
      isHosted: true,
      provider: 'anthropic',
    });
  });

  it('the file of a new home names none, and each of its examples can be taken as it stands', () => {
    expect(parseModels(defaultModelsText)).toEqual([]);
    const uncommented = defaultModelsText.replace('models: []', 'models:').replace(/^# (?=\s+(- )?\w+:)/gm, '');
    const examples = uncommented.replace(/^#(?= {2})/gm, '');
    expect(parseModels(examples).map(({ name }) => name)).toEqual([
      'ollama',
      'llama-cpp',
      'vllm',
      'lm-studio',
      'gpt',
      'claude',
    ]);
    expect(parse(examples)).toMatchObject({ version: 1 });
  });

  it('a file that is not there names none; who needs one says so', async () => {
    const folder = await tempFolder();
    const path = join(folder.path, 'models.yaml');
    expect(readModelsFile(path)).toEqual([]);
    writeFileSync(path, 'models: []\n');
    expect(readModelsFile(path)).toEqual([]);
    expect(() => requireModels(path)).toThrow(/^MODELS_FILE: .+models\.yaml: there is no model in it$/);
    await folder.remove();
  });
});

describe('what is refused, by its line', () => {
  it.each([
    [
      'a key in the place of its name',
      file(small, `${small.replace('small', 'x')}, key: ${secret}`),
      'key must be the name of a setting such as OPENAI_API_KEY',
    ],
    ['a word that means nothing', file(`${small}, apiKey: ${secret}`), 'line 3:'],
    [
      'no price for what is billed',
      file('name: a, api: openai, model: m, contextTokens: 8192'),
      'line 3: price is missing',
    ],
    [
      'a key in the clear over the internet',
      file(`${small.replace('ollama:11434', 'example.com')}, key: A_KEY, free: true`),
      'line 3: baseUrl must be https',
    ],
    [
      'an address with a password',
      file(small.replace('ollama', `me:${secret}@ollama`)),
      'line 3: baseUrl must be an address alone',
    ],
    ['one name twice', file(small, small), 'two models have one name'],
    ['an unknown API', file(small.replace('openai', 'other')), 'line 3: api'],
    ['a window that is none', file(small.replace('4096', '12')), 'line 3: contextTokens'],
    ['what is no YAML', `models:\n  - { name: a, key: "${secret}\n`, 'line '],
    ['two keys of one name', `models: []\nmodels: []\n`, 'line 2: duplicate key'],
    ['an alias', 'models: &a [*a]\n', 'line 1: aliases are not taken'],
    ['another version', 'version: 2\nmodels: []\n', 'line 1: version'],
    ['nothing', '', 'line 1: '],
  ])('%s', (_, text, start) => {
    const message = problem(text);
    expect(message).toContain(start);
    expect(message).not.toContain('\n');
    expect(message).not.toContain(secret);
  });
});

describe('keys', () => {
  const models = parseModels(file(`${small}, key: MY_KEY`));
  it('come from the setting or its file', async () => {
    const folder = await tempFolder();
    writeFileSync(join(folder.path, 'key'), ` ${secret}\n`);
    expect(readKeys(models, { MY_KEY: secret })).toEqual(new Map([['MY_KEY', secret]]));
    expect(readKeys(models, { MY_KEY_FILE: join(folder.path, 'key') }).get('MY_KEY')).toBe(secret);
    await folder.remove();
  });
  it('that are missing, or are none, are named and not said', () => {
    expect(() => readKeys(models, {})).toThrow('MY_KEY: the key for the model small is missing; give MY_KEY_FILE');
    const said = (key: string) => {
      try {
        return JSON.stringify([...readKeys(models, { MY_KEY: key })]);
      } catch (error) {
        return String(error);
      }
    };
    expect(said(`${secret}\r\nx-other: 1`)).toBe('SettingError: MY_KEY: has characters that no key has');
  });
});
