// Installs exactly what package-lock.json says, when it changed since the last time.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.mjs';
import { withLock } from './lock.mjs';

const installMsMax = 15 * 60_000;

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** No install script runs: nothing here needs one, and it is how a package could act before anybody called it. */
// Its errors are shown when it fails, also where `npm --silent` called us: that setting is handed on.
const npmCi = ['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** `npm ci` begins with removing node_modules, and the stamp with it: a half-made folder never counts as installed. */
export async function installPackages(root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lock} ${process.platform}-${process.arch}\n`;
  const stamp = join(root, 'node_modules', '.switchboard-installed');
  if (read(stamp) === wanted) return;
  await withLock(root, async () => {
    if (read(stamp) === wanted) return;
    console.error('switchboard: installing packages (about a minute, only when they changed) …');
    await command(npmCi, { cwd: root, timeoutMs: installMsMax });
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, wanted);
  });
}
