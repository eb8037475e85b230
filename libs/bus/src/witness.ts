// What the streams hold of the audit chain: the outside witness, whom whoever changes the database does not reach.
import { auditSchema, type Seal, sealSchema, subject, witnessPrefix } from '@switchboard/contract';
import { ErrorCode, NatsError, type StoredMsg } from 'nats';
import { type BusOptions, openLink } from './connect.ts';
import { toBusError } from './errors.ts';
import { readSeal } from './headers.ts';

export interface Witness {
  /** The head of the chain that was published last, and when it was. Undefined when the stream holds none. */
  head(): Promise<{ seal: Seal; time: string } | undefined>;
  /** The sequences of the first and the last event that the stream holds. */
  range(): Promise<{ first: number; last: number }>;
  /** The seal of the event with this sequence of the stream; undefined when that is gone, or carries none. */
  event(sequence: number): Promise<Seal | undefined>;
  close(): Promise<void>;
}

const timeoutMs = 5_000;
const headSubject = subject('audit', { service: 'gateway', kind: 'head' });

/** Nothing there is an answer too. */
async function stored(message: Promise<StoredMsg>, what: string): Promise<StoredMsg | undefined> {
  try {
    return await message;
  } catch (error) {
    if (error instanceof NatsError && error.code === ErrorCode.JetStream404NoMessages) return undefined;
    if (error instanceof NatsError && error.api_error?.code === 404) return undefined;
    throw toBusError(error, what);
  }
}

/** Throws when the broker cannot be reached; its calls throw BusError when it goes away. */
export async function connectWitness(options: Omit<BusOptions, 'user'>): Promise<Witness> {
  const { nc } = await openLink({ ...options, user: 'witness' });
  const { streams } = await nc.jetstreamManager({ apiPrefix: witnessPrefix, checkAPI: false, timeout: timeoutMs });
  return {
    async head() {
      const message = await stored(streams.getMessage('SB_AUDIT', { last_by_subj: headSubject }), headSubject);
      if (message === undefined) return undefined;
      const { data, time } = auditSchema.parse(message.json());
      return { seal: sealSchema.parse(data), time };
    },
    async range() {
      const { state } = await streams.info('SB_EVENTS').catch((error: unknown) => {
        throw toBusError(error, 'SB_EVENTS');
      });
      return { first: state.first_seq, last: state.last_seq };
    },
    async event(sequence) {
      const message = await stored(streams.getMessage('SB_EVENTS', { seq: sequence }), `event ${sequence}`);
      return readSeal(message?.header);
    },
    close: () => nc.close(),
  };
}
