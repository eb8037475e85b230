// Real servers from Debian's packages for tests: downloaded and unpacked into the project's cache, without installing them.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../project-root.ts';

const run = promisify(execFile);
/** Of one download with all its packages; whoever waits for another process that does the same waits as long. */
const downloadMsMax = 240_000;

export interface DebianRequest {
  /** What it is called in the cache: `dovecot`. */
  readonly name: string;
  /** Every package that is needed and is not on each Debian already: nothing is resolved. */
  readonly packages: readonly string[];
  /** Another release than the machine's own, such as `trixie`: for programs that need little of the system. */
  readonly suite?: string;
}

/** `missing` says why this machine cannot have it, for the name of a skipped test. */
export type DebianPackages =
  | {
      /** What `/` would be, had they been installed. */
      readonly root: string;
      /** For LD_LIBRARY_PATH. */
      readonly libraryPath: string;
      readonly missing?: undefined;
    }
  | { readonly missing: string };

/** The script gets: the folder, the suite or nothing, and the packages. What is there is taken as it is. */
const script = `
set -eu
target=$1 suite=$2
shift 2
list="$suite $*"
[ "$(cat "$target/.packages" 2>/dev/null)" = "$list" ] && exit 0
work=$target.part
rm -rf "$work"
mkdir -p "$work/debs" "$work/root"
own=$(mktemp -d)
trap 'rm -rf "$work" "$own"' EXIT
options="-q -o APT::Sandbox::User=root"
# What there is, looked up anew, in lists of our own: the machine's may be old, or none.
look_up() {
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial"
  options="$options -o Dir::State::lists=$own/lists -o Dir::Cache=$own/cache -o Acquire::Languages=none"
  apt-get $options update >&2
}
cd "$work/debs"
if [ -n "$suite" ]; then
  # Another release, from where the machine gets its own.
  site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
  echo "deb $site $suite main" > "$own/sources.list"
  options="$options -o Dir::Etc::sourcelist=$own/sources.list -o Dir::Etc::sourceparts=/dev/null"
  look_up
  apt-get $options download "$@" >&2
elif ! apt-get $options download "$@" >&2; then
  look_up
  apt-get $options download "$@" >&2
fi
for package in *.deb; do dpkg-deb -x "$package" "$work/root"; done
printf %s "$list" > "$work/root/.packages"
rm -rf "$target"
mv "$work/root" "$target"
`;

/** May be called by several processes at once: one of them downloads. Never throws. */
export async function debianPackages({ name, packages, suite = '' }: DebianRequest): Promise<DebianPackages> {
  const cache = join(projectRoot, '.cache', 'peers');
  const root = join(cache, name);
  try {
    await mkdir(cache, { recursive: true });
    const argv = ['-w', String(downloadMsMax / 1000), join(cache, `${name}.lock`), 'sh', '-c', script, 'sh'];
    await run('flock', [...argv, root, suite, ...packages], { timeout: downloadMsMax + 5_000 });
  } catch (error) {
    return { missing: `${packages.join(', ')} could not be fetched from Debian: ${reason(error)}` };
  }
  return { root, libraryPath: libraryFolders(root).join(':') };
}

/** The same, for a program that knows the places of its files: it must be run with `asInstalled`. */
export async function installedPackages(request: DebianRequest): Promise<DebianPackages> {
  const found = await debianPackages(request);
  if (found.missing !== undefined) return found;
  const [file = '', ...args] = asInstalled(found.root, ['true']);
  return run(file, args, { timeout: 10_000 }).then(
    () => found,
    () => ({ missing: `${request.name} cannot be laid over /usr: this machine has no user namespaces for us` }),
  );
}

function reason(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const lines = said.split('\n').filter((line) => /^E:|not found/.test(line));
  return lines.join(' ') || said.split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
}

function libraryFolders(root: string): string[] {
  const parents = [join(root, 'usr/lib'), join(root, 'lib')].filter((folder) => existsSync(folder));
  return parents.flatMap((folder) => {
    const ofMachine = readdirSync(folder).filter((entry) => entry.endsWith('-linux-gnu'));
    return ofMachine.map((entry) => join(folder, entry));
  });
}

/**
 * The command line that runs `argv` as though the packages at `root` were installed: with their `/usr` laid over the
 * machine's, for it and its children alone, and never as root. What it runs must be put together with dieWithParent in
 * `argv`, for the changes of user before it clear that.
 */
export function asInstalled(root: string, argv: readonly string[]): string[] {
  const mine = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const overlay = 'mount -t overlay overlay -o "lowerdir=$0/usr:/usr" /usr && exec "$@"';
  const nobody = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];
  return ['unshare', ...mine, '--mount', '--', 'sh', '-c', overlay, root, ...nobody, ...argv];
}
