// What an agent asks the gateway: asked again until there is an answer, because the bus and the gateway come and go.
import { setTimeout as pause } from 'node:timers/promises';
import { type Bus, BusError } from '@switchboard/bus';
import {
  errorFacts,
  type MessageOf,
  type ParametersOf,
  type Pattern,
  type ReplyOf,
  SwitchboardError,
} from '@switchboard/contract';

/** One try: both things that are asked take milliseconds. */
const tryMsMax = 5_000;
const pauseMsMin = 100;
const pauseMsMax = 5_000;

type Asked = 'inbound' | 'content';

/** Undefined: ask again. */
function finalWord({ kind, info, message }: BusError): SwitchboardError | undefined {
  if (kind === 'refused' && info && errorFacts[info.code].retry !== 'safe') {
    return new SwitchboardError(info.code, info.message);
  }
  if (kind === 'too-large') return new SwitchboardError('too-large', message);
  return kind === 'forbidden' ? new SwitchboardError('forbidden', message) : undefined;
}

/**
 * May be asked the same again: what the gateway does about it, it does once. Throws SwitchboardError for what will
 * never be answered otherwise, and the signal's reason.
 */
export async function askGateway<Name extends Asked>(
  bus: Bus,
  name: Name,
  parameters: ParametersOf<Pattern<Name>>,
  message: MessageOf<Name>,
  signal: AbortSignal,
): Promise<ReplyOf<Name>> {
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    signal.throwIfAborted();
    try {
      return await bus.request(name, parameters, message, { replier: 'gateway', timeoutMs: tryMsMax });
    } catch (error) {
      const final = error instanceof BusError ? finalWord(error) : undefined;
      if (final !== undefined) throw final;
      if (!(error instanceof BusError)) throw error;
    }
    await pause(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
