// Runs a script under the project's own Node, as if it had been started in place of this process.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { dieWithParent } from './command.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const parentPollMs = 1_000;
const stopMsMax = 30_000;

/** The Node of package.json's optionalDependencies; else the one that runs this, if it can run TypeScript. */
function nodeProgram(root) {
  const pinned = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Error(
    `there is no packaged Node 24 for ${process.platform}-${process.arch}: install Node.js 24 (this is ${process.version})`,
  );
}

/** Who started us: npm, or npm through the shell that it starts scripts with. It changes when one of them is gone. */
function lineage() {
  const parent = process.ppid;
  try {
    const [, name, grandparent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8'));
    return /^(ba|da|a|k|z)?sh$/.test(name) ? `${parent} ${grandparent}` : `${parent}`;
  } catch {
    return `${parent}`;
  }
}

/**
 * npm that is killed with -9 tells nobody. Only under npm: a program that was started by hand may outlive its shell.
 * Returns a function that stops watching.
 */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return () => {};
  const before = lineage();
  const timer = setInterval(() => {
    if (lineage() === before) return;
    clearInterval(timer);
    onGone();
  }, parentPollMs);
  return () => clearInterval(timer);
}

function endAs({ code, signal }) {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  for (const name of forwarded) process.removeAllListeners(name);
  process.kill(process.pid, signal);
}

/**
 * Resolves when the script has ended; this process then ends the same way. The script ends with this process, and this
 * process with npm. Signals are passed on, and a terminal's Ctrl-C reaches the script itself too: it may see one twice.
 */
export async function runNode(root, script, args) {
  const node = nodeProgram(root);
  const [file, ...rest] = dieWithParent('SIGTERM', [node, script, ...args]);
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH];
  const child = spawn(file, rest, { stdio: 'inherit', env: { ...process.env, PATH: path.join(delimiter) } });
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  const stopWatching = watchNpm(() => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), stopMsMax).unref();
  });
  const exit = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  stopWatching();
  endAs(exit);
}
