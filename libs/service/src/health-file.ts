// A file that is touched while the process is ready and its event loop turns: a health check that costs no request.
import { rmSync, writeFileSync } from 'node:fs';

/** Whoever looks takes a file older than three of these for a process that hangs. */
const everyMs = 20_000;

/** Does nothing without a file. It is taken away when the process has been asked to end. */
export function keepHealthFile(file: string | undefined, stopping: AbortSignal): void {
  if (file === undefined || file === '' || stopping.aborted) return;
  const touch = (): void => writeFileSync(file, `${new Date().toISOString()}\n`);
  touch();
  const timer = setInterval(touch, everyMs).unref();
  stopping.addEventListener('abort', () => {
    clearInterval(timer);
    rmSync(file, { force: true });
  });
}
