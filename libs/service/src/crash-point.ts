// Named places in the code where a test lets the process die at once, as a power cut or `kill -9` would.
import { closeSync, openSync } from 'node:fs';

const armed = process.env['SWITCHBOARD_CRASH_AT'];

/** Whether the process is to die at this point: for places that only exist for it. */
export function crashPointArmed(name: string): boolean {
  return armed === name;
}

/** False when this point has fired before, in this process or in one before it. */
function firstTime(file: string | undefined): boolean {
  if (file === undefined || file === '') return true;
  try {
    closeSync(openSync(file, 'wx'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends this process with SIGKILL when SWITCHBOARD_CRASH_AT names this point, and does nothing otherwise. With
 * SWITCHBOARD_CRASH_ONCE_FILE it does so once: the file is made as it fires, and no process fires while it is there.
 */
export function crashPoint(name: string): void {
  if (armed === name && firstTime(process.env['SWITCHBOARD_CRASH_ONCE_FILE'])) process.kill(process.pid, 'SIGKILL');
}
