// The trace that a turn belongs to (W3C trace context).
import { randomBytes } from 'node:crypto';

const version = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The one that was given, or a new one. */
export function traceOf(given: unknown): string {
  if (typeof given === 'string' && version.test(given)) return given;
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}
