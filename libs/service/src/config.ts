// Settings come from the environment, are parsed once, and a bad one is one line that names it.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

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
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SettingError(`${name}_FILE: ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Settings that are not in the environment yet, from a file that need not be there. Throws SettingError. */
export function loadSettingsFile(file: string | undefined): void {
  if (file === undefined || file === '' || !existsSync(file)) return;
  try {
    process.loadEnvFile(file);
  } catch (error) {
    throw new SettingError(`SETTINGS_FILE: ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Throws SettingError for a TZ that is no time zone: Node itself would silently count in UTC. */
export function requireTimeZone(timeZone: string | undefined): void {
  if (timeZone === undefined || timeZone === '') return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new SettingError(`TZ: there is no time zone ${timeZone}; write it like Europe/Berlin`);
  }
}

/** A broker, or all servers of one that is a cluster, with commas between them. */
export const brokerAddress = z
  .string()
  .regex(
    /^(nats|tls):\/\/[^\s,/]+(,(nats|tls):\/\/[^\s,/]+)*\/?$/,
    'must be a nats:// or tls:// address, or several with commas',
  );
