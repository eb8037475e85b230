// Whether a key is the one whose hash is kept: in the same time, however much of it is right.
import { createHash, timingSafeEqual } from 'node:crypto';

type Equal = (given: Uint8Array, kept: Uint8Array) => boolean;

/** Compared with when there is nothing to compare with, so that a key that is not there takes as long as one that is. */
const nothing = Buffer.alloc(32);

/** `hashes`: SHA-256, hexadecimal; each of them is compared, and one must fit. */
export function verifyKey(key: string, hashes: readonly string[], equal: Equal = timingSafeEqual): boolean {
  const given = createHash('sha256').update(key).digest();
  const kept = hashes.map((hash) => Buffer.from(hash, 'hex')).filter((hash) => hash.length === given.length);
  const fits = (kept.length > 0 ? kept : [nothing]).map((hash) => equal(given, hash));
  return kept.length > 0 && fits.includes(true);
}
