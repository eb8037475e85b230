// Whether what the owner has put into the folder of settings can be used, before anything is started with it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { SettingError } from '@switchboard/service';
import { readPolicyFile } from '../../services/gateway/src/policy/keep-policy.ts';
import { settingsProblem } from '../doctor/settings-checks.ts';

/** Those that have a folder in it. */
const services = ['gateway', 'browser', 'messenger', 'business'] as const;
/** Where each of them sees its own folder. */
const seenAt = '/config/';

function read(file: string, name: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SettingError(`${name} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Throws SettingError that names the file, the setting and what is wrong with it. */
export function checkConfig(folder: string): void {
  for (const service of services) {
    const file = join(folder, service, 'settings.env');
    if (!existsSync(file)) continue;
    const name = `config/${service}/settings.env`;
    const given = Object.entries(read(file, name)).map(([setting, value]) => {
      const inside = setting.endsWith('_FILE') && value?.startsWith(seenAt) === true;
      return [setting, inside ? join(folder, service, value.slice(seenAt.length)) : value];
    });
    const problem = settingsProblem(Object.fromEntries(given), service);
    if (problem !== undefined) throw new SettingError(`${name}: ${problem}`);
  }
  readPolicyFile(join(folder, 'gateway', 'policy.yaml'));
}
