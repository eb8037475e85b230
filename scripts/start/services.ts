// The services of this deployment: what each runs as, and the settings that only it gets.
import { join } from 'node:path';
import type { DatabaseUrls } from '@switchboard/store';
import type { agents, Home } from './home.ts';
import type { ModelsOfStart } from './models.ts';
import { type ServiceName, serviceSettings } from './service-settings.ts';
import { type Env, projectRoot, type StartSettings } from './settings.ts';

export interface ServiceSpec {
  readonly name: string;
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Endpoints {
  readonly database: DatabaseUrls;
  readonly natsUrl: string;
  /** Undefined: there is no model, and no service for one. */
  readonly models: ModelsOfStart | undefined;
}

/** Nothing of the operator's environment but what a process needs to run: secrets go to those that need them. */
const inherited = ['PATH', 'HOME', 'LANG', 'TZ', 'LOG_LEVEL', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** Every setting of a service can be given under its own name; those that this deployment makes come after it. */
function pick(env: Env, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export function serviceSpecs(home: Home, settings: StartSettings, env: Env, endpoints: Endpoints): ServiceSpec[] {
  const spec = (name: ServiceName, folder: string, made: Record<string, string>): ServiceSpec => ({
    name,
    entry: join(projectRoot, 'services', folder, 'src', 'main.ts'),
    env: {
      ...pick(env, inherited),
      // What it gets as a file is not inherited too: DATABASE_URL is an administrator's.
      ...pick(
        env,
        Object.keys(serviceSettings[name].shape)
          .filter((setting) => made[`${setting}_FILE`] === undefined)
          .flatMap((setting) => [setting, `${setting}_FILE`]),
      ),
      NATS_URL: endpoints.natsUrl,
      BUS_SEED_FILE: home.seedFile(name),
      NODE_COMPILE_CACHE: home.folder('cache'),
      ...made,
    },
  });
  const agent = (name: (typeof agents)[number], made: Record<string, string> = {}): ServiceSpec =>
    spec(name, `agent-${name}`, {
      GATEWAY_PUBLIC_KEY_FILE: home.signingPublicKeyFile,
      DATA_DIR: home.folder(name),
      ...made,
    });
  const { models } = endpoints;
  const keys = models?.keys.flatMap((setting) => [setting, `${setting}_FILE`]) ?? [];
  return [
    spec('router', 'router', {}),
    ...(models ? [spec('model', 'model', { ...pick(env, keys), MODELS_FILE: models.file })] : []),
    agent('workstation', { WORKSPACE: settings.workspace }),
    agent('browser', env['CHROMIUM_CACHE'] ? {} : { CHROMIUM_CACHE: join(projectRoot, '.cache') }),
    agent('messenger'),
    agent('business', env['APIS_DIR'] ? {} : { APIS_DIR: home.folder('apis') }),
    spec('gateway', 'gateway', {
      DATABASE_URL_FILE: home.keepSecret('database.url', endpoints.database.url),
      WORK_DATABASE_URL_FILE: home.keepSecret('work-database.url', endpoints.database.workUrl),
      SIGNING_KEY_FILE: home.signingKeyFile,
      ...(env['POLICY_FILE'] ? {} : { POLICY_FILE: home.policyFile }),
      PORT: String(settings.port),
    }),
  ];
}
