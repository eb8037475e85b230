// Asking over the bus until there is an answer: the bus, and who answers, come and go.
import { setTimeout as pause } from 'node:timers/promises';
import { type Bus, BusError, type RequestOptions } from '@switchboard/bus';
import {
  errorFacts,
  type MessageOf,
  type ParametersOf,
  type Pattern,
  type ReplyOf,
  SwitchboardError,
} from '@switchboard/contract';

const pauseMsMin = 100;
const pauseMsMax = 5_000;
/** Where nobody is, that is known in less. */
const takenMsMin = 1_000;

export interface AskOptions<Name extends Parameters<Bus['request']>[0]>
  extends Omit<RequestOptions<Name>, 'timeoutMs' | 'signer'> {
  /** The wait of one try. */
  readonly tryMsMax: number;
  /** Gives up with `unavailable` when it has gone without sign of life for so long; not there: asks until the signal. */
  readonly awayMsMax?: number;
  /** Whether what the other side says is its last word; not there: all but what its code says may be tried again. */
  readonly isFinal?: (info: NonNullable<BusError['info']>) => boolean;
  /** What came so far may be lost, or come again: it is asked once more. */
  readonly onRetry?: () => void;
  /** Ends it at once, with its reason. */
  readonly signal: AbortSignal;
}

const notSafe: NonNullable<AskOptions<'content'>['isFinal']> = ({ code }) => errorFacts[code].retry !== 'safe';

/** Undefined: ask again. */
function finalWord({ kind, info, message }: BusError, isFinal = notSafe): SwitchboardError | undefined {
  if (kind === 'refused' && info && isFinal(info)) return new SwitchboardError(info.code, info.message);
  if (kind === 'too-large') return new SwitchboardError('too-large', message);
  return kind === 'forbidden' ? new SwitchboardError('forbidden', message) : undefined;
}

/** What is asked goes on, and what comes of it is nobody's any more. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason);
  signal.addEventListener('abort', leave);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/**
 * The same is asked each time: whoever answers must take it for the same. Throws SwitchboardError for what will never
 * be answered otherwise, `unavailable` after `awayMsMax`, and the signal's reason.
 */
export async function ask<Name extends Parameters<Bus['request']>[0]>(
  bus: Bus,
  name: Name,
  parameters: ParametersOf<Pattern<Name>>,
  message: MessageOf<Name>,
  { signal, tryMsMax, awayMsMax = Number.POSITIVE_INFINITY, isFinal, onRetry, ...options }: AskOptions<Name>,
): Promise<ReplyOf<Name>> {
  let awaySince: number | undefined;
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
    signal.throwIfAborted();
    const began = Date.now();
    try {
      return await unless(signal, bus.request(name, parameters, message, { ...options, timeoutMs: tryMsMax }));
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      const final = finalWord(error, isFinal);
      if (final !== undefined) throw final;
      // Somebody had it: they may be away from now on.
      if (Date.now() - began > takenMsMin) awaySince = undefined;
      awaySince ??= Date.now();
      if (Date.now() - awaySince >= awayMsMax) {
        throw new SwitchboardError('unavailable', error.info?.message ?? error.message, { cause: error });
      }
    }
    onRetry?.();
    await pause(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
