// models.yaml as data: the models in the order in which they are tried, and what is wrong with it by its line.
import { readFileSync, statSync } from 'node:fs';
import { readConfig, SettingError } from '@switchboard/service';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Env } from './config.ts';
import { type ModelSpec, modelSpecSchema } from './model-spec.ts';

const bytesMax = 256 * 1024;
const modelsMax = 20;

const fileSchema = z.strictObject({
  version: z.literal(1).optional(),
  models: z
    .array(modelSpecSchema)
    .max(modelsMax)
    .refine((models) => new Set(models.map(({ name }) => name)).size === models.length, 'two models have one name'),
});

/** The text that a new home starts with. */
export const defaultModelsText = readFileSync(new URL('../models.yaml', import.meta.url), 'utf8');

/** Throws SettingError; the message names the line, and repeats nothing of the file: a key may stand there. */
export function parseModels(text: string): readonly ModelSpec[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number): string => `line ${lines.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken) throw new SettingError(`${at(broken.pos[0])}: ${broken.code.toLowerCase().replaceAll('_', ' ')}`);
  /** Where it is said, or else the nearest that holds it. */
  const placeOf = (path: readonly PropertyKey[]): string => {
    for (let length = path.length; length > 0; length--) {
      const node = z.object({ range: z.array(z.number()) }).safeParse(document.getIn(path.slice(0, length), true));
      const [offset] = node.data?.range ?? [];
      if (offset !== undefined) return at(offset);
    }
    return 'line 1';
  };
  const parsed = fileSchema.safeParse(toPlain(() => document.toJS({ maxAliasCount: 0 })));
  if (parsed.success) return parsed.data.models;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = (path[0] === 'models' ? path.slice(2) : path).join('.');
    return `${placeOf(path)}: ${field === '' ? '' : `${field} `}${message}`;
  });
  throw new SettingError(problems.slice(0, 5).join('; '));
}

function toPlain(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw new SettingError('line 1: aliases are not taken');
  }
}

/** Throws SettingError, which names the file. None: there is no such file, or it names no model. */
export function readModelsFile(file: string): readonly ModelSpec[] {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (!found.isFile() || found.size > bytesMax) throw new SettingError(`is no file of at most ${bytesMax} bytes`);
    return parseModels(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SettingError(`MODELS_FILE: ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** For whoever cannot do without. Throws SettingError. */
export function requireModels(file: string): readonly ModelSpec[] {
  const models = readModelsFile(file);
  if (models.length === 0) throw new SettingError(`MODELS_FILE: ${file}: there is no model in it`);
  return models;
}

/** The settings that hold the keys of these models. */
export function keySettings(models: readonly ModelSpec[]): string[] {
  return [...new Set(models.flatMap(({ key }) => (key === undefined ? [] : [key])))];
}

/** Setting → key, from NAME or NAME_FILE. Throws SettingError for one that is missing; no message has any of it. */
export function readKeys(models: readonly ModelSpec[], env: Env): ReadonlyMap<string, string> {
  return new Map(
    keySettings(models).map((setting) => {
      const { [setting]: given } = readConfig(z.object({ [setting]: z.string().optional() }), env);
      const key = given?.trim();
      const { name } = models.find((model) => model.key === setting) ?? { name: '' };
      if (!key) throw new SettingError(`${setting}: the key for the model ${name} is missing; give ${setting}_FILE`);
      if (!/^[\x21-\x7e]{1,1000}$/.test(key)) throw new SettingError(`${setting}: has characters that no key has`);
      return [setting, key];
    }),
  );
}
