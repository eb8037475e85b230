// Verifies the whole chain: against itself, the records, and what was seen outside of the database.
import type { AuditEntry, Seal, Stray } from '@switchboard/contract';
import { createChainCheck, type Finding, type Sighting } from './check-chain.ts';

/** With more, something is broken as a whole, and the rest says nothing new. */
export const findingsMax = 100;

export interface Report {
  readonly entries: number;
  readonly head: Seal;
  readonly findings: readonly Finding[];
  /** Records that wait to be sealed. */
  readonly waiting: number;
  readonly sightings: number;
}

export interface Verifying {
  readonly entries: AsyncIterable<AuditEntry>;
  readonly strays: AsyncIterable<Stray>;
  readonly sightings: readonly Sighting[];
  /** Told of every entry that was looked at. */
  readonly onEntry?: (seq: number) => void;
}

export async function verify({ entries, strays, sightings, onEntry }: Verifying): Promise<Report> {
  const check = createChainCheck(sightings);
  const findings: Finding[] = [];
  let count = 0;
  let waiting = 0;
  for await (const entry of entries) {
    findings.push(...check.take(entry));
    count += 1;
    onEntry?.(entry.seq);
    if (findings.length >= findingsMax) break;
  }
  if (findings.length < findingsMax) findings.push(...check.end());
  for await (const { source, id, claims } of strays) {
    if (claims === undefined) waiting += 1;
    else {
      const text = `${source} ${id} says that it is entry ${claims}, and is not: it was put in, or its entry is gone`;
      findings.push({ seq: claims, what: 'stray', text });
    }
    if (findings.length >= findingsMax) break;
  }
  return { entries: count, head: check.head(), findings, waiting, sightings: sightings.length };
}
