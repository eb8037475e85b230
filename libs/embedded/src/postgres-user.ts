// PostgreSQL refuses to run as root. As root it gets an ordinary user id, without making an account on the machine.
import { execFile } from 'node:child_process';
import { lstat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** The user "nobody" of Linux. */
const nobody = '65534';

export interface RunAs {
  /** Put before the program. */
  readonly prefix: readonly string[];
  /** Who must own the data folder for the program to work on it; undefined: whoever runs us. */
  readonly owner?: number;
}

async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  return run(file, args, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * As root: a user namespace where the kernel allows one, for there root's files stay reachable, also below a folder
 * that is root's alone. Containers usually refuse that; there the process really becomes "nobody".
 */
export async function unprivileged(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const namespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--'];
  if (await succeeds('unshare', [...namespace.slice(1), 'true'])) return { prefix: namespace, owner: 0 };
  return {
    prefix: ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'],
    owner: Number(nobody),
  };
}

/**
 * Gives `paths` to the user that PostgreSQL runs as, and makes sure that this user can reach them and the program.
 * Throws StartError `not-runnable`, naming what is out of reach.
 */
export async function giveTo(runAs: RunAs, program: string, paths: readonly string[]): Promise<void> {
  if (runAs.owner === undefined) return;
  for (const path of paths) {
    if ((await lstat(path)).uid === runAs.owner) continue;
    await run('chown', ['--recursive', '--no-dereference', `${runAs.owner}:${runAs.owner}`, path]);
  }
  const [file = '', ...prefix] = runAs.prefix;
  for (const path of [program, ...paths]) {
    if (await succeeds(file, [...prefix, 'test', '-r', path])) continue;
    throw new StartError(
      'not-runnable',
      `PostgreSQL cannot run as root here: user namespaces are refused, and user ${nobody} cannot reach ${path}. ` +
        'Run as an ordinary user, or from folders that every user may enter, or set DATABASE_URL.',
    );
  }
}
