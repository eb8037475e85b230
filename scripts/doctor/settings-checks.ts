// Whether what the environment says can be used, before anything is started with it.
import { join } from 'node:path';
import { readConfig } from '@switchboard/service';
import { z } from 'zod';
import { readPolicyFile } from '../../services/gateway/src/policy/keep-policy.ts';
import { readKeys, readModelsFile, requireModels } from '../../services/model/src/models-file.ts';
import { modelsFileOf } from '../start/models.ts';
import { type ServiceName, serviceSettings } from '../start/service-settings.ts';
import { type Env, readStartSettings, startSettings } from '../start/settings.ts';
import { type Check, failed, ok, warning } from './check.ts';

const serviceNames = Object.keys(serviceSettings) as ServiceName[];
const known = new Set([
  'LOG_LEVEL',
  'HEALTH_FILE',
  'SETTINGS_FILE',
  ...[startSettings, ...Object.values(serviceSettings)].flatMap((settings) => Object.keys(settings.shape)),
]);
/** Its first and its last word: `TURNS_OPN_MAX` begins and ends as one of ours does, and was meant to be one. */
const shapeOf = (name: string): string => `${name.split('_')[0]} ${name.split('_').at(-1)}`;
const shapes = new Set([...known].filter((name) => name.includes('_')).map(shapeOf));
const looksLikeOurs = (name: string): boolean => name.startsWith('SWITCHBOARD_') || shapes.has(shapeOf(name));

const isSet = (env: Env, name: string): boolean => [env[name], env[`${name}_FILE`]].some(Boolean);

/** Of those that are given only: what is not, `npm start` gives. */
export function settingsProblem(env: Env, name: ServiceName): string | undefined {
  const shape: z.ZodRawShape = serviceSettings[name].shape;
  const given = Object.entries(shape).filter(([setting]) => isSet(env, setting));
  try {
    readConfig(z.object(Object.fromEntries(given)), env);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function serviceCheck(env: Env, name: ServiceName): Check {
  return {
    id: `settings-${name}`,
    about: `The settings that \`${name}\` would be given.`,
    look() {
      const problem = settingsProblem(env, name);
      return problem === undefined ? ok('can be used') : failed(problem, 'see docs/reference/settings.md');
    },
  };
}

const namesOf = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(', ');

export function settingsChecks(env: Env): Check[] {
  return [
    {
      id: 'settings-start',
      about: 'The settings of `npm start`.',
      look() {
        try {
          return ok(`home ${readStartSettings(env).home}`);
        } catch (error) {
          return failed(error instanceof Error ? error.message : String(error), 'see docs/reference/settings.md');
        }
      },
    },
    ...serviceNames.map((name) => serviceCheck(env, name)),
    {
      id: 'policy',
      about: 'The file that says what may be done, asked about, or never done.',
      look() {
        const file = env['POLICY_FILE'] || join(readStartSettings(env).home, 'policy.yaml');
        try {
          const policy = readPolicyFile(file);
          return ok(policy ? `${policy.rules.length} rules` : `there is no ${file}: the default is in force`);
        } catch (error) {
          return failed(error instanceof Error ? error.message : String(error), 'see docs/POLICY.md');
        }
      },
    },
    {
      id: 'models',
      about: 'The file that names the language models, and whether their keys are there.',
      look() {
        try {
          const file = modelsFileOf(env, readStartSettings(env).home);
          const models = env['MODELS_FILE'] ? requireModels(file) : readModelsFile(file);
          readKeys(models, env);
          return ok(models.length === 0 ? 'none is named: npm start looks for Ollama' : namesOf(models));
        } catch (error) {
          return failed(error instanceof Error ? error.message : String(error), 'see docs/MODELS.md');
        }
      },
    },
    {
      id: 'settings-unknown',
      about: 'Names in the environment, and in the home’s settings.env, that look like settings and are none.',
      look() {
        const strange = Object.keys(env).filter(
          (name) =>
            looksLikeOurs(name.replace(/_FILE$/, '')) && !known.has(name) && !known.has(name.replace(/_FILE$/, '')),
        );
        if (strange.length === 0) return ok('nothing that looks like one and is none');
        return warning(`${strange.join(', ')}: no setting has this name`, 'see docs/reference/settings.md');
      },
    },
  ];
}
