// Computes the audit chain again, one entry after another, and says what is wrong with which.
import { type AuditEntry, auditDigest, auditGenesis, auditHash, type Seal } from '@switchboard/contract';

export interface Finding {
  /** The place in the chain. */
  readonly seq: number;
  readonly what: 'missing' | 'link' | 'record' | 'gone' | 'witness' | 'stray';
  /** For the person. */
  readonly text: string;
}

export interface ChainCheck {
  /** In the order of the chain. What is wrong with this entry, or between it and the one before. */
  take(entry: AuditEntry): Finding[];
  /** What can only be seen at the end. */
  end(): Finding[];
  /** The last entry that was taken. */
  head(): Seal;
}

/** A hash that somebody saw outside of the database. */
export interface Sighting extends Seal {
  /** Where it was seen. */
  readonly where: string;
}

function nameOf({ event, act }: AuditEntry): string {
  return event ? `event ${event.id} (${event.type})` : `act ${act?.id} (${act?.action})`;
}

function places(first: number, last: number): string {
  return first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;
}

/** Keeps no more than the sightings in memory. */
export function createChainCheck(sightings: readonly Sighting[]): ChainCheck {
  const seen = Map.groupBy(sightings, ({ seq }) => seq);
  const furthest = sightings.reduce<Sighting | undefined>(
    (far, one) => (one.seq > (far?.seq ?? 0) ? one : far),
    undefined,
  );
  let head: Seal = { seq: 0, hash: auditGenesis };
  /** The last entry that was seen outside and is still the same. */
  let sure = 0;

  function against(entry: AuditEntry, sighting: Sighting): Finding[] {
    if (sighting.hash === entry.hash) {
      sure = entry.seq;
      return [];
    }
    const text = `entry ${entry.seq} is not the one of ${sighting.where}: something after entry ${sure} was written anew`;
    return [{ seq: entry.seq, what: 'witness', text }];
  }

  return {
    take(entry) {
      const { seq, digest, hash } = entry;
      const found: Finding[] = [];
      const expected = head.seq + 1;
      if (seq !== expected) {
        found.push({ seq: expected, what: 'missing', text: `${places(expected, seq - 1)} missing` });
      } else if (auditHash(head.hash, seq, digest) !== hash) {
        const text = `entry ${seq} does not follow from the one before it: one of them was changed, put in or put elsewhere`;
        found.push({ seq, what: 'link', text });
      }
      const record = entry.event ?? entry.act;
      if (record === undefined) {
        found.push({ seq, what: 'gone', text: `the record of entry ${seq} is gone` });
      } else if (auditDigest(record) !== digest) {
        const text = `${nameOf(entry)} of entry ${seq} is not what was sealed`;
        found.push({ seq, what: 'record', text });
      }
      found.push(...(seen.get(seq) ?? []).flatMap((sighting) => against(entry, sighting)));
      head = { seq, hash };
      return found;
    },
    end() {
      if (furthest === undefined || furthest.seq <= head.seq) return [];
      const text = `${places(head.seq + 1, furthest.seq)} missing: the chain reached entry ${furthest.seq} in ${furthest.where}`;
      return [{ seq: head.seq + 1, what: 'missing', text }];
    },
    head: () => head,
  };
}
