// CloudEvents 1.0 attributes as headers (NATS protocol binding, binary mode).
import { randomUUID } from 'node:crypto';
import { type Seal, sealSchema } from '@switchboard/contract';
import { headers, type MsgHdrs } from 'nats';

/** `type` is the subject with its parameters left in: what was said, and about whom. */
export function eventHeaders(source: string, type: string, id: string = randomUUID(), time = new Date()): MsgHdrs {
  const attributes = headers();
  attributes.set('ce-specversion', '1.0');
  attributes.set('ce-id', id);
  attributes.set('ce-source', `/switchboard/${source}`);
  attributes.set('ce-type', type);
  attributes.set('ce-time', time.toISOString());
  attributes.set('ce-datacontenttype', 'application/json');
  return attributes;
}

/** Extension attributes: where the record stands in the audit chain. */
const sequenceHeader = 'ce-auditseq';
const hashHeader = 'ce-audithash';

export function writeSeal(attributes: MsgHdrs, { seq, hash }: Seal): void {
  attributes.set(sequenceHeader, String(seq));
  attributes.set(hashHeader, hash);
}

/** Undefined when there is none that can be understood. */
export function readSeal(attributes: MsgHdrs | undefined): Seal | undefined {
  const seal = { seq: Number(attributes?.get(sequenceHeader)), hash: attributes?.get(hashHeader) };
  return sealSchema.safeParse(seal).data;
}
