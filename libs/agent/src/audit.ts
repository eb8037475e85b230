// An agent about itself, for the operators: what somebody tried and was not let do. Never the arguments.
import type { Bus } from '@switchboard/bus';
import type { ErrorCode, ErrorInfo, Invoke } from '@switchboard/contract';
import type { Log } from '@switchboard/service';

/** Of the messages that were refused unread, those that an honest gateway does not send. */
const suspicious: readonly ErrorCode[] = ['unauthenticated', 'invalid-request', 'contract-mismatch'];

export interface Audit {
  readonly invocationRefused: (message: Invoke, info: ErrorInfo) => void;
  readonly messageRefused: (info: ErrorInfo, subject: string) => void;
}

/** May be lost: the gateway's own record has what was asked. */
export function createAudit(bus: Bus, service: string, log: Log): Audit {
  const kind = 'refused';
  const say = (data: Record<string, string>): void => {
    const time = new Date().toISOString();
    if (bus.connected()) bus.publish('audit', { service, kind }, { v: 1, service, kind, time, data });
  };
  return {
    invocationRefused({ id, skill }, { code }) {
      log.info({ id, skill, code }, 'refused an invocation');
      say({ code, id, skill });
    },
    messageRefused(info, subject) {
      log[info.code === 'internal' ? 'error' : 'debug']({ ...info, subject }, 'refused a message');
      if (suspicious.includes(info.code)) say({ code: info.code, subject });
    },
  };
}
