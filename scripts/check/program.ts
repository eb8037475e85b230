// Runs a program of node_modules/.bin as a step: it passes when its exit code is 0, and says nothing then.
import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import type { Step } from './run-steps.ts';

const timeoutMs = 120_000;
const outputBytesMax = 16 * 1024 * 1024;

/** It runs on the Node that runs this, in the folder of the project. */
export function program(name: string, root: string, [file, ...args]: readonly [string, ...string[]]): Step {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const options = { cwd: root, timeout: timeoutMs, maxBuffer: outputBytesMax, env: { ...process.env, PATH: path } };
  return {
    name,
    run: () =>
      new Promise((resolve) => {
        execFile(join(root, 'node_modules', '.bin', file), args, options, (error, stdout, stderr) => {
          if (error === null) return resolve({ state: 'passed' });
          const why = error.killed ? `${file} did not end in ${timeoutMs / 1000} s\n` : '';
          resolve({ state: 'failed', output: `${why}${stdout}${stderr}` || error.message });
        });
      }),
  };
}
