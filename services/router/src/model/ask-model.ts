// Asks the model service over the bus; that nobody answers, or that it refuses, is an answer too.
import { type Bus, BusError } from '@switchboard/bus';
import type { ErrorCode } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { AskModel } from './answer.ts';

const whyRefused: Partial<Record<ErrorCode, string>> = {
  'budget-exceeded': 'what may be spent on models has been spent',
  'deadline-exceeded': 'the model did not answer in time',
};

function whyOf(error: unknown): string {
  if (!(error instanceof BusError)) throw error;
  if (error.kind === 'no-responders') return 'no model is here';
  if (error.kind === 'timeout') return 'the model did not answer in time';
  return (error.info && whyRefused[error.info.code]) ?? 'no model could be asked';
}

/** One question and one answer, which is waited for so long; then nobody wants it any more. */
export function createAskModel(bus: Bus, log: Log, timeoutMs: number, traceparent?: string): AskModel {
  return async (question) => {
    const request = { ...question, deadline: new Date(Date.now() + timeoutMs).toISOString() };
    const trace = traceparent === undefined ? {} : { traceparent };
    try {
      return await bus.request('model', { service: 'router' }, request, { replier: 'model', timeoutMs, ...trace });
    } catch (error) {
      const why = whyOf(error);
      log.warn({ call: request.id, error: String(error) }, why);
      return { why };
    }
  };
}
