// The model service's settings.
import { brokerAddress, readConfig } from '@switchboard/service';
import { z } from 'zod';

const keyOf = (provider: string, setting: string) =>
  z
    .string()
    .optional()
    .describe(`key for ${provider}, where a model in MODELS_FILE needs it; better given as ${setting}_FILE`);

export const modelSettings = z.object({
  NATS_URL: brokerAddress.describe('nats-server 2.10.23 or newer; all servers of a cluster, with commas'),
  BUS_SEED: z.string().min(1).describe('NKey seed of the bus user `model`; better given as BUS_SEED_FILE'),
  MODELS_FILE: z
    .string()
    .min(1)
    .describe('the file that names the models, in the order in which they are tried; see docs/MODELS.md'),
  OPENAI_API_KEY: keyOf('OpenAI', 'OPENAI_API_KEY'),
  ANTHROPIC_API_KEY: keyOf('Anthropic', 'ANTHROPIC_API_KEY'),
});

export type Env = Readonly<Record<string, string | undefined>>;

/** Throws SettingError. */
export function readModelConfig(env: Env) {
  return readConfig(modelSettings, env);
}
