// Runs a program to its end, quietly.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const outputCharactersMax = 20_000;

export function isOnPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/**
 * The command line that runs `argv` so that the kernel ends it with `signal` when this process is gone. The shell closes
 * the one gap: that this process died before setpriv asked for it. Without setpriv (util-linux) it is `argv` itself.
 */
export function dieWithParent(signal, argv) {
  if (!isOnPath('setpriv')) return argv;
  const onlyWithParent = '[ "$PPID" = "$0" ] && exec "$@"';
  return ['setpriv', '--pdeathsig', signal, '--', 'sh', '-c', onlyWithParent, String(process.pid), ...argv];
}

/** Resolves to the last of what it wrote. Throws an error with that in it when it fails or cannot be run. */
export function command(argv, { cwd, timeoutMs }) {
  const [file, ...args] = dieWithParent('SIGKILL', argv);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (piece) => {
      output = (output + piece).slice(-outputCharactersMax);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${argv.join(' ')} failed (${signal ?? `exit code ${code}`})\n${output.trim()}`));
    });
  });
}
