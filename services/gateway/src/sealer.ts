// Links what happened into the audit chain before it is published, and tells its head where no database reaches (S19).
import type { Bus } from '@switchboard/bus';
import type { Seal } from '@switchboard/contract';
import type { Audit, OutboxEvent } from '@switchboard/store';

const pageMax = 1_000;
/** How long one call may go on sealing what was left: the lease of the relay is longer. */
const sealMsMax = 1_000;
const lookMs = 1_000;
const tellMs = 60_000;

export interface SealedEvent extends OutboxEvent {
  readonly seal: Seal;
}

export interface Sealer {
  /** With their places in the chain. Throws when somebody else has just sealed one of them: read the outbox again then. */
  seal(outbox: readonly OutboxEvent[]): Promise<SealedEvent[]>;
  /** Acts, and the events that do not come to `seal` because the stream is away or behind. May leave some for later. */
  sealRest(): Promise<void>;
  /** Tells the head when the chain has rested for a second, and once a minute. Call it as often as you like. */
  tellHead(): Promise<void>;
}

export function createSealer(audit: Audit, bus: Bus): Sealer {
  let lookAt = 0;
  let tellAt = 0;
  let seen = 0;
  let told = 0;
  return {
    async seal(outbox) {
      const open = outbox.filter((row) => row.seal === undefined).sort((a, b) => a.rowId - b.rowId);
      const seals = await audit.seal(
        'event',
        open.map(({ rowId, event }) => ({ rowId, record: event })),
      );
      return outbox.map((row) => {
        const seal = row.seal ?? seals.get(row.rowId);
        if (seal === undefined) throw new Error(`${row.event.id} was sealed by another gateway`);
        return { ...row, seal };
      });
    },
    async sealRest() {
      const until = Date.now() + sealMsMax;
      while ((await audit.sealPending(pageMax)) >= pageMax && Date.now() < until);
    },
    async tellHead() {
      const now = Date.now();
      if (now < lookAt) return;
      lookAt = now + lookMs;
      const head = await audit.head();
      if (head === undefined) return;
      const rests = head.seq === seen;
      seen = head.seq;
      if (!(rests && head.seq !== told) && now < tellAt) return;
      const service = { service: 'gateway', kind: 'head' };
      bus.publish('audit', service, { v: 1, ...service, time: new Date(now).toISOString(), data: { ...head } });
      told = head.seq;
      tellAt = now + tellMs;
    },
  };
}
