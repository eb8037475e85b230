// One JSON line per thing that an operator may need to know, with secrets taken out.
import { type Logger, pino } from 'pino';

export type Log = Logger;

const secret = ['authorization', 'key', 'seed', 'password', 'token', 'secret'];

/** Writes to stderr: stdout belongs to programs that answer there. */
export function createLog(service: string, level = 'info'): Log {
  return pino(
    {
      name: service,
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secret, ...secret.map((name) => `*.${name}`)], censor: '[redacted]' },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
