// An agent about itself, for the operators: what somebody tried and was not let do, and why. Never the arguments.
import type { Bus } from '@switchboard/bus';
import type { ErrorCode, ErrorInfo, Invoke } from '@switchboard/contract';
import type { Log } from '@switchboard/service';

/** Of the messages that were refused unread, those that an honest gateway does not send. */
const suspicious: readonly ErrorCode[] = ['unauthenticated', 'invalid-request', 'contract-mismatch'];
const whyCharactersMax = 300;

export interface AuditLimits {
  readonly linesMax: number;
  readonly windowMs: number;
}
/** A flood fills neither the bus nor the record: what is past the limit is counted, and the count is said at its end. */
const usualLimits: AuditLimits = { linesMax: 20, windowMs: 10_000 };

export interface Audit {
  readonly invocationRefused: (message: Invoke, info: ErrorInfo) => void;
  readonly messageRefused: (info: ErrorInfo, subject: string) => void;
}

/** May be lost: the gateway's own record has what was asked. */
export function createAudit(bus: Bus, service: string, log: Log, limits = usualLimits): Audit {
  const kind = 'refused';
  let said = 0;
  let unsaid = 0;
  let timer: NodeJS.Timeout | undefined;
  const say = (data: Record<string, string | number>): void => {
    if (!bus.connected()) return;
    if (timer === undefined) timer = setTimeout(close, limits.windowMs).unref();
    if (said++ >= limits.linesMax) unsaid++;
    else bus.publish('audit', { service, kind }, { v: 1, service, kind, time: new Date().toISOString(), data });
  };
  function close(): void {
    timer = undefined;
    const more = unsaid;
    said = unsaid = 0;
    if (more > 0) say({ code: 'overloaded', more });
  }
  return {
    invocationRefused({ id, skill }, { code, message }) {
      log.info({ id, skill, code }, 'refused an invocation');
      // What is wrong with an input can quote it.
      say({ code, id, skill, ...(code !== 'invalid-input' && { why: message.slice(0, whyCharactersMax) }) });
    },
    messageRefused(info, subject) {
      log[info.code === 'internal' ? 'error' : 'debug']({ ...info, subject }, 'refused a message');
      if (suspicious.includes(info.code)) {
        say({ code: info.code, subject, why: info.message.slice(0, whyCharactersMax) });
      }
    },
  };
}
