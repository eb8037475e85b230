// What an operator can set for `npm start`, and where everything lies.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { readConfig, SettingError } from '@switchboard/service';
import { z } from 'zod';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

export const startSettings = z.object({
  SWITCHBOARD_HOME: z.string().default('.switchboard').describe('where data, keys and logs lie'),
  WORKSPACE: z.string().optional().describe('the folder the workstation works in; default: workspace in the home'),
  PORT: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(0, 'must be 0 to 65535')
    .max(65535, 'must be 0 to 65535')
    .default(8420)
    .describe('port of the HTTP API'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })
    .optional()
    .describe(
      'a PostgreSQL of your own, instead of the embedded one: a user that may create roles, and a database for Switchboard alone',
    ),
  NATS_URL: z
    .url({ protocol: /^(nats|tls)$/, error: 'must be a nats:// address' })
    .optional()
    .describe('a nats-server of your own, instead of the embedded one'),
  OLLAMA_URL: z
    .union([z.literal('off'), z.url({ protocol: /^https?$/ })], 'must be an http:// address, or off')
    .default('http://127.0.0.1:11434')
    .describe('where a local Ollama is looked for when no model is named; off: nowhere. See docs/MODELS.md'),
  OLLAMA_CONTEXT_LENGTH: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1024, 'must be at least 1024')
    .default(4096)
    .describe('tokens of context that this Ollama was started with; 4096 is its own default'),
  NATS_SERVER: z.string().optional().describe('the nats-server program to run, instead of looking for one'),
});

export interface StartSettings {
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
  readonly natsServer: string | undefined;
  /** Undefined: nobody wants it to be looked for. */
  readonly ollamaUrl: string | undefined;
  readonly ollamaContextTokens: number;
  readonly home: string;
  readonly workspace: string;
}

const homeOf = (given: string): string => resolve(projectRoot, given);

/** In the home: settings that are there with every start. */
export const settingsFile = 'settings.env';
/** In the home: the models, where MODELS_FILE names no other file. */
export const modelsFile = 'models.yaml';

export type Env = Readonly<Record<string, string | undefined>>;

/** The environment, and beneath it what the home's settings file says. Throws SettingError when that cannot be read. */
export function withSettingsFile(env: Env): Env {
  const file = join(
    homeOf(readConfig(startSettings.pick({ SWITCHBOARD_HOME: true }), env).SWITCHBOARD_HOME),
    settingsFile,
  );
  if (!existsSync(file)) return env;
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...env };
  } catch (error) {
    throw new SettingError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Relative folders are taken from the project's. Throws SettingError. */
export function readStartSettings(env: Env): StartSettings {
  const given = readConfig(startSettings, env);
  const home = homeOf(given.SWITCHBOARD_HOME);
  return {
    port: given.PORT,
    databaseUrl: given.DATABASE_URL,
    natsUrl: given.NATS_URL,
    natsServer: given.NATS_SERVER,
    ollamaUrl: given.OLLAMA_URL === 'off' ? undefined : given.OLLAMA_URL.replace(/\/+$/, ''),
    ollamaContextTokens: given.OLLAMA_CONTEXT_LENGTH,
    home,
    workspace: given.WORKSPACE === undefined ? join(home, 'workspace') : resolve(projectRoot, given.WORKSPACE),
  };
}

export { SettingError };
