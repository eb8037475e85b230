// Which models this deployment has: the operator's file, or else what a local Ollama has, or none.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { keySettings, readModelsFile, requireModels } from '../../services/model/src/models-file.ts';
import type { Home } from './home.ts';
import { type Env, modelsFile, projectRoot, type StartSettings } from './settings.ts';

export interface ModelsOfStart {
  readonly file: string;
  /** Settings that hold keys: the model service gets them, and nobody else. */
  readonly keys: readonly string[];
  /** One line, where nobody has named a model and one was found. */
  readonly found?: string;
}

const lookMsMax = 300;
const answerBytesMax = 1024 * 1024;

const tagsSchema = z.object({
  models: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        details: z.object({ family: z.string().optional() }).optional(),
        capabilities: z.array(z.string()).optional(),
      }),
    )
    .max(1_000),
});
type Tag = z.infer<typeof tagsSchema>['models'][number];

/** Such a model makes numbers of a text, and cannot answer. */
const isEmbedding = ({ name, details, capabilities }: Tag): boolean =>
  capabilities ? !capabilities.includes('completion') : /bert|embed/i.test(`${name} ${details?.family ?? ''}`);

/** The first that says it can call tools, or else the first that can answer. */
function choose(tags: readonly Tag[]): Tag | undefined {
  const able = tags.filter((tag) => !isEmbedding(tag));
  return able.find(({ capabilities }) => capabilities?.includes('tools')) ?? able[0];
}

/** Undefined when nobody answers there in time, or not as Ollama does. */
async function askOllama(url: string): Promise<Tag | undefined> {
  try {
    const response = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(lookMsMax), redirect: 'error' });
    const text = await response.text();
    return text.length > answerBytesMax ? undefined : choose(tagsSchema.parse(JSON.parse(text)).models);
  } catch {
    return undefined;
  }
}

async function findOllama(
  home: Home,
  { ollamaUrl, ollamaContextTokens }: StartSettings,
): Promise<ModelsOfStart | undefined> {
  if (ollamaUrl === undefined) return undefined;
  const tag = await askOllama(ollamaUrl);
  if (tag === undefined) return undefined;
  const file = join(home.folder('model'), 'found.yaml');
  const contextTokens = ollamaContextTokens;
  const model = {
    name: 'ollama',
    api: 'openai',
    baseUrl: `${ollamaUrl}/v1`,
    model: tag.name,
    contextTokens,
    free: true,
  };
  // JSON is YAML.
  writeFileSync(file, `${JSON.stringify({ version: 1, models: [model] }, null, 2)}\n`, { mode: 0o600 });
  const found = `found Ollama at ${ollamaUrl}: ${tag.name}, with ${contextTokens} tokens of context`;
  return { file, keys: keySettings(requireModels(file)), found };
}

/** The operator's file for this start, whether it names a model or not. */
export function modelsFileOf(env: Env, home: string): string {
  return env['MODELS_FILE'] ? resolve(projectRoot, env['MODELS_FILE']) : join(home, modelsFile);
}

/** Undefined: there is none, and nothing needs one. Throws SettingError for a file that is wrong. */
export async function findModels(home: Home, settings: StartSettings, env: Env): Promise<ModelsOfStart | undefined> {
  const file = modelsFileOf(env, home.path);
  const models = env['MODELS_FILE'] ? requireModels(file) : existsSync(file) ? readModelsFile(file) : [];
  return models.length > 0 ? { file, keys: keySettings(models) } : findOllama(home, settings);
}
