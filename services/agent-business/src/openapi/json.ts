// Parsed JSON of strangers: what it is made of, and what a reference in it leads to.

export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): [name: string, member: unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** On one line, and no longer than so many characters. */
export function shortly(text: string, charactersMax: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= charactersMax ? line : `${line.slice(0, charactersMax - 1).toWellFormed()}…`;
}

/** What a local reference (`#/a/b`, RFC 6901) leads to; undefined when it leads nowhere. */
export function lookUp(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  const names = reference.slice(2).split('/').map(unescapePointer);
  return names.reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return at[Number(name)];
    return isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}

/** One part of a reference as the name that it means. */
export function unescapePointer(part: string): string {
  if (!/[~%]/.test(part)) return part;
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return part;
  }
}

const hopsMax = 16;

/** Follows references until there is something else; undefined when they lead nowhere or in a circle. */
export function resolve(root: unknown, value: unknown): Json | undefined {
  let at = value;
  for (let hop = 0; hop < hopsMax; hop++) {
    if (!isRecord(at)) return undefined;
    const reference = at['$ref'];
    if (typeof reference !== 'string') return at;
    at = lookUp(root, reference);
  }
  return undefined;
}
