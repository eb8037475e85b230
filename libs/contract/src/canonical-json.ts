// One byte sequence for one JSON value, so that a hash can stand for it.
import { createHash } from 'node:crypto';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue | undefined };

/**
 * Serialises with sorted keys, no white space and without undefined members (after RFC 8785, for the values JSON.parse
 * can make). Throws TypeError on a number that JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON holds finite numbers only');
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Nobody means anything deeper than this, and what walks a value level by level would run out of stack. */
export const jsonLevelsMax = 64;

/** Whether what was parsed can be walked, hashed and kept: not too deep, and no Infinity, which `1e999` is read as. */
export function isBoundedJson(value: unknown, levels: number = jsonLevelsMax): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value !== 'object') return true;
  return levels > 0 && Object.values(value).every((member) => isBoundedJson(member, levels - 1));
}

/** SHA-256 of a text or of bytes, as 64 lower-case hex digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 over the canonical form: equal for equal JSON values, whatever the order of their keys. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
