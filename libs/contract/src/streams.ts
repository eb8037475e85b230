// The streams that JetStream keeps.
import type { StreamName } from './subject-fact.ts';

/** A stream's settings, in the terms of the JetStream API. */
export interface StreamFact {
  readonly subjects: readonly string[];
  readonly maxAgeDays: number;
  readonly bytesMax: number;
  readonly messageBytesMax: number;
  readonly duplicateWindowMinutes: number;
  readonly noAck: boolean;
}

/** SB_AUDIT does not acknowledge: an acknowledgement goes wherever the publisher's reply field points. */
export const streams: Readonly<Record<StreamName, StreamFact>> = {
  SB_EVENTS: {
    subjects: ['sb.event.*.*'],
    maxAgeDays: 30,
    bytesMax: 1024 ** 3,
    messageBytesMax: 320 * 1024,
    duplicateWindowMinutes: 10,
    noAck: false,
  },
  SB_AUDIT: {
    subjects: ['sb.audit.*.*'],
    maxAgeDays: 90,
    bytesMax: 1024 ** 3,
    messageBytesMax: 64 * 1024,
    duplicateWindowMinutes: 2,
    noAck: true,
  },
};
