// Settings come from the environment, are parsed once, and a bad one is one line that names it.
import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';

/** Thrown for a setting that cannot be used; the message is for the operator. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/**
 * Reads the settings that `schema` names from `env`. A setting NAME may be given as a file in NAME_FILE instead, for
 * secrets. Throws SettingError naming every setting that is missing or wrong.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = fromFile(name, env[`${name}_FILE`]) ?? env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new SettingError(problems.join('; '));
}

function fromFile(name: string, file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  if (!existsSync(file)) throw new SettingError(`${name}_FILE: there is no file ${file}`);
  return readFileSync(file, 'utf8').trim();
}
