// Every check of the doctor, in the order in which it tells them.
import { readStartSettings } from '../start/settings.ts';
import type { Check } from './check.ts';
import { homeChecks } from './home-checks.ts';
import { type Running, runningChecks } from './running-checks.ts';
import { settingsChecks } from './settings-checks.ts';

/** Throws SettingError when it is not even clear where the home is. */
export function allChecks(env: NodeJS.ProcessEnv, running: Running | undefined): Check[] {
  return [
    ...settingsChecks(env),
    ...homeChecks(readStartSettings(env), running !== undefined),
    ...runningChecks(running),
  ];
}
