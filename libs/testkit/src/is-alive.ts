// Does a process still run?
import { readlinkSync } from 'node:fs';

/** Unlike `kill(pid, 0)`, not true of a dead process that nobody has waited for. */
export function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}
