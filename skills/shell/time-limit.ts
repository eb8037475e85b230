// How long a command may run: what was asked for, within what the call has left.
import { z } from 'zod';

/** Of the contract: what a skill may take at most. */
export const callMs = 600_000;
/** Between the end of the command and the end of the call, for storing what it wrote. */
const reserveMs = 10_000;

export const timeoutField = z
  .int()
  .min(1)
  .max((callMs - 3 * reserveMs) / 1000)
  .default(60)
  .describe('seconds until it is stopped');

export function timeLimitMs(timeoutSeconds: number, deadline: Date): number {
  return Math.max(0, Math.min(timeoutSeconds * 1000, deadline.getTime() - Date.now() - reserveMs));
}
