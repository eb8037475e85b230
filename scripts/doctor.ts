// `npm run doctor`: what is wrong with this deployment, and what mends it, in under two seconds.
import { runCommand } from './client/command.ts';
import { NotStarted, openLocalHome } from './client/home.ts';
import { allChecks } from './doctor/all-checks.ts';
import { asText, isSound, runChecks } from './doctor/check.ts';
import { findRunning, type Running } from './doctor/running-checks.ts';
import { withSettingsFile } from './start/settings.ts';

const usage = `npm run doctor [-- --json]     looks at the settings, the home, the machine and all that runs
  exit code 0: sound; 1: something is wrong. Each line has an id that stays: docs/reference/checks.md`;

async function running(): Promise<Running | undefined> {
  try {
    return await findRunning(openLocalHome(process.env));
  } catch (error) {
    if (error instanceof NotStarted) return undefined;
    throw error;
  }
}

await runCommand(
  {
    usage,
    async run(_, given) {
      const found = await runChecks(allChecks(withSettingsFile(process.env), await running()));
      console.log(
        given.has('json') ? JSON.stringify({ sound: isSound(found), checks: found }, null, 2) : asText(found),
      );
      return isSound(found) ? 0 : 1;
    },
  },
  process.argv.slice(2),
);
