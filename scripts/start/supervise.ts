// Keeps a service running: starts it, hears when it is ready, and starts it again when it dies, ever more slowly.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dieWithParent } from '@switchboard/embedded';
import { z } from 'zod';
import type { ServiceSpec } from './services.ts';
import { SettingError } from './settings.ts';

const pauseMsMin = 250;
const pauseMsMax = 30_000;
/** One that has run this long starts afresh. */
const steadyMs = 30_000;
const stopMsMax = 28_000;
const logBytesMax = 10 * 1024 * 1024;
/** A setting that cannot be used: starting again would not help. */
const unusable = 78;

export interface Supervised {
  readonly name: string;
  pid(): number | undefined;
  /** Resolves when it has been ready for the first time; rejects when it gives up before. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly logFile: string;
  /** One line for the operator. */
  readonly say: (line: string) => void;
}

/** One file of before is kept. */
function openLog(file: string): number {
  try {
    if (statSync(file).size > logBytesMax) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600);
}

const lineSchema = z.object({ msg: z.string() });

/** Why it ended, in its own words. */
function lastWords(logFile: string): string {
  try {
    const line = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    return lineSchema.parse(JSON.parse(line)).msg;
  } catch {
    return `see ${logFile}`;
  }
}

export function supervise(spec: ServiceSpec, { logFile, say }: SuperviseOptions): Supervised {
  const { promise: ready, resolve: becomeReady, reject: giveUp } = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;
  let hasBegun = false;
  let stopping = false;
  let pauseMs = pauseMsMin;
  let wake = (): void => {};

  async function runOnce(): Promise<{ code: number | null; signal: string | null; ranMs: number }> {
    const log = openLog(logFile);
    const [file = '', ...args] = dieWithParent('SIGTERM', [process.execPath, spec.entry]);
    const started = Date.now();
    child = spawn(file, args, { env: spec.env, stdio: ['ignore', log, log, 'ipc'], detached: true });
    closeSync(log);
    child.on('message', () => {
      hasBegun = true;
      becomeReady();
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal, ranMs: Date.now() - started };
  }

  async function keep(): Promise<void> {
    while (!stopping) {
      const { code, signal, ranMs } = await runOnce();
      if (stopping) return;
      if (code === unusable) {
        const why = `${spec.name} cannot use its settings: ${lastWords(logFile)}`;
        // Whoever waits for it tells; later on nobody does.
        if (hasBegun) say(why);
        return giveUp(new SettingError(why));
      }
      if (ranMs > steadyMs) pauseMs = pauseMsMin;
      say(`${spec.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${pauseMs / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      pauseMs = Math.min(pauseMs * 2, pauseMsMax);
    }
  }

  const kept = keep();
  return {
    name: spec.name,
    pid: () => child?.pid,
    ready,
    async stop() {
      stopping = true;
      wake();
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), stopMsMax);
      await kept;
      clearTimeout(late);
    },
  };
}
