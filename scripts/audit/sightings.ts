// What was seen of the chain outside of the database: what the streams hold, and what the person has written down.
import { connectWitness } from '@switchboard/bus';
import type { Sighting } from './check-chain.ts';

/** So many events of the stream are looked at, evenly spread: between two of them a change is found. */
const samples = 64;

/** Reads what is published at this moment; later entries of the chain are not in it. Throws when the broker is away. */
export async function readSightings(options: { url: string; seed: string }): Promise<Sighting[]> {
  const witness = await connectWitness({ ...options, connectTimeoutMs: 5_000 });
  try {
    const found: Sighting[] = [];
    const head = await witness.head();
    if (head) found.push({ ...head.seal, where: `the head published at ${head.time}` });
    const { first, last } = await witness.range();
    const step = Math.max(1, (last - first) / samples);
    for (let at = last; at >= Math.max(first, 1); at -= step) {
      const sequence = Math.round(at);
      const seal = await witness.event(sequence);
      if (seal) found.push({ ...seal, where: `the published event ${sequence}` });
    }
    return found;
  } finally {
    await witness.close();
  }
}

/** `812:ab34…`: an entry and its hash, as `verify` says them. Undefined when it is not that. */
export function parseHead(text: string): Sighting | undefined {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined
    ? undefined
    : { seq: Number(seq), hash, where: 'the head that was given' };
}
