// What the subject map says of each subject.
import type { z } from 'zod';

/** Who speaks on the bus. `agent` is each agent, on its own name only; `operator` listens from an account of its own. */
export type Role = 'gateway' | 'router' | 'model' | 'agent' | 'operator';

export interface SubjectFact {
  /** `{parameter}` stands for one token. */
  readonly pattern: string;
  /** request: asked and answered. publish: said once, not kept. stream: said once and kept by JetStream. */
  readonly kind: 'request' | 'publish' | 'stream';
  readonly saidBy: readonly Role[];
  readonly heardBy: readonly Role[];
  readonly message: z.ZodType;
  readonly reply?: z.ZodType;
  /** What may come on the way to the reply, any number of times. */
  readonly piece?: z.ZodType;
  /** One of the listeners gets each message. */
  readonly queue?: string;
  readonly stream?: StreamName;
  readonly summary: string;
}

export type StreamName = 'SB_EVENTS' | 'SB_AUDIT';

export const declareSubjects = <const Facts extends Record<string, SubjectFact>>(facts: Facts): Facts => facts;
