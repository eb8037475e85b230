// JSON as bytes and back, and the header that carries a signature.
import { isBoundedJson } from '@switchboard/contract';

export const signatureHeader = 'sb-signature';
export const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no JSON, or lies too deep. */
export function decode(data: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(decoder.decode(data));
    return isBoundedJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
