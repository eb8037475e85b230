// `npm run config -- check`: whether the settings of the environment can be used, before anything is started with them.
import { runCommand, UsageError } from './client/command.ts';
import { asText, isSound, runChecks } from './doctor/check.ts';
import { settingsChecks } from './doctor/settings-checks.ts';
import { withSettingsFile } from './start/settings.ts';

const usage = `npm run config -- check [--json]     reads every setting as npm start and its services would
  exit code 0: all can be used; 1: one cannot. Settings: docs/reference/settings.md`;

await runCommand(
  {
    usage,
    async run([what, ...more], given) {
      if (what !== 'check' || more.length > 0) throw new UsageError('say check');
      const found = await runChecks(settingsChecks(withSettingsFile(process.env)));
      console.log(
        given.has('json') ? JSON.stringify({ sound: isSound(found), checks: found }, null, 2) : asText(found),
      );
      return isSound(found) ? 0 : 1;
    },
  },
  process.argv.slice(2),
);
