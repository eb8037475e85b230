// How a process lives: it starts or says why not, tells when it is ready, drains when asked, and exits on doubt.
import { loadSettingsFile, requireTimeZone, SettingError } from './config.ts';
import { keepHealthFile } from './health-file.ts';
import { createLog, type Log } from './log.ts';

/** Ends in this many milliseconds after being asked, drained or not. */
const drainMsMax = 25_000;

export interface Life {
  readonly log: Log;
  /** Aborted when the process has been asked to end. */
  readonly stopping: AbortSignal;
  /** Runs at the end, last registered first. */
  onStop(step: () => Promise<void> | void): void;
  /** Everything is up: tells the supervisor, if there is one. */
  ready(): void;
  /** Something that must hold does not: says so and exits at once, to be restarted. */
  die(why: string, cause?: unknown): never;
}

/**
 * Runs one service until SIGTERM or SIGINT. `start` connects everything and returns. Exit codes: 0 after a drain, 78
 * for a setting that cannot be used, 1 for anything else.
 */
export async function runService(name: string, start: (life: Life) => Promise<void>): Promise<void> {
  const log = createLog(name, process.env['LOG_LEVEL'] || 'info');
  const stopping = new AbortController();
  const steps: (() => Promise<void> | void)[] = [];
  const life: Life = {
    log,
    stopping: stopping.signal,
    onStop: (step) => steps.push(step),
    ready() {
      log.info('ready');
      keepHealthFile(process.env['HEALTH_FILE'], stopping.signal);
      process.send?.({ ready: name });
    },
    die(why, cause) {
      log.fatal({ err: cause }, why);
      process.exit(1);
    },
  };
  process.on('uncaughtException', (error) => life.die('uncaught', error));
  process.on('unhandledRejection', (error) => life.die('unhandled', error));

  // The supervisor is gone, and with it whatever this process works with: everything that matters is on disk.
  process.on('disconnect', () => life.die('the supervisor is gone'));

  const stop = async (signal: string): Promise<void> => {
    if (stopping.signal.aborted) return;
    log.info({ signal }, 'draining');
    setTimeout(() => life.die('did not drain in time'), drainMsMax).unref();
    stopping.abort();
    for (const step of steps.reverse()) await step();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  try {
    loadSettingsFile(process.env['SETTINGS_FILE']);
    requireTimeZone(process.env['TZ']);
    await start(life);
  } catch (error) {
    if (error instanceof SettingError) {
      log.fatal(error.message);
      process.exit(78);
    }
    life.die('could not start', error);
  }
}
