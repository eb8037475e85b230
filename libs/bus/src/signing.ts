// The gateway's signature over the exact bytes of what it asks an agent to do (Ed25519, RFC 8032).
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

export interface SigningKeys {
  /** PKCS #8 PEM; the gateway's secret. */
  readonly privateKey: string;
  /** SPKI PEM; given to every agent. */
  readonly publicKey: string;
}

export type Signer = (bytes: Uint8Array) => string;
export type Verifier = (bytes: Uint8Array, signature: string) => boolean;

export function createSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKey, publicKey };
}

/** Throws when the PEM is not an Ed25519 private key. */
export function createSigner(privateKey: string): Signer {
  const key = createPrivateKey(privateKey);
  return (bytes) => sign(null, bytes, key).toString('base64');
}

/** The verifier answers false to anything that is not this key's signature; it does not throw. */
export function createVerifier(publicKey: string): Verifier {
  const key = createPublicKey(publicKey);
  return (bytes, signature) => {
    try {
      return verify(null, bytes, key, Buffer.from(signature, 'base64'));
    } catch {
      return false;
    }
  };
}
