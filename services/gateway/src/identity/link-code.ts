// The code that proves an address: short enough to be typed, and of no use after ten minutes.
import { randomInt } from 'node:crypto';
import { sha256 } from '@switchboard/contract';

/** Crockford's base 32: nothing that could be mistaken for something else. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const form = /\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/gi;
/** A message that quotes others may hold several. */
const codesMax = 3;

/** 50 random bits: `K7QF3-9XMPA`. */
export function newLinkCode(): string {
  const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return `${group()}-${group()}`;
}

export const linkCodeHash = (code: string): string => sha256(code.toUpperCase());

/** The codes in a message, as hashes. */
export function linkCodeHashes(text: string): string[] {
  const found = Array.from(text.matchAll(form), ([code]) => linkCodeHash(code));
  return [...new Set(found)].slice(0, codesMax);
}
