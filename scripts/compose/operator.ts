// What the owner of a deployment in containers calls: `docker compose run --rm operator <what>`.
import { openLocalHome } from '../client/home.ts';
import { converse } from '../start/prompt.ts';
import { runOnce } from './program.ts';

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  audit: () => import('../audit.ts'),
  'dead-letters': () => import('../dead-letters.ts'),
  doctor: () => import('../doctor.ts'),
  keys: () => import('../keys.ts'),
  tail: () => import('../tail.ts'),
  usage: () => import('../usage.ts'),
};

const own: Readonly<Record<string, () => Promise<void> | void>> = {
  key: () => console.log(openLocalHome(process.env).adminKey),
  async talk() {
    const { client, url, adminKey } = openLocalHome(process.env);
    await converse(client, { url, key: adminKey, session: await client.homeSession() });
    process.exit(0);
  },
};

/** Longer than anybody talks. */
const msMax = 7 * 24 * 60 * 60_000;

const [what = 'help'] = process.argv.splice(2, 1);
const program = programs[what];
const act = own[what];
if (program !== undefined) await program();
else if (act !== undefined) await runOnce(act, msMax);
else {
  console.error(
    `docker compose run --rm operator <what>, one of: ${Object.keys({ ...own, ...programs })
      .sort()
      .join(', ')}`,
  );
  process.exitCode = 64;
}
