// Who one is on the bus: an NKey pair. The broker knows the public key; the seed never crosses the wire.
import { nkeys } from 'nats';

export interface BusIdentity {
  /** Kept in a file that only this service can read. */
  readonly seed: string;
  /** Written into the broker's configuration. */
  readonly publicKey: string;
}

export function createBusIdentity(): BusIdentity {
  const pair = nkeys.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** Throws when the seed is damaged. */
export function publicKeyOf(seed: string): string {
  return nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
}

/** How a user proves to the broker who it is: its signature of what the broker said first, base64url. Throws as above. */
export function signNonce(seed: string, nonce: string): string {
  const encoder = new TextEncoder();
  return Buffer.from(nkeys.fromSeed(encoder.encode(seed)).sign(encoder.encode(nonce))).toString('base64url');
}
