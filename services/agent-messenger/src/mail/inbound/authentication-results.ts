// Whether our own mail server found that a mail is from the domain that it says (RFC 8601).
import type { Email } from 'postal-mime';

const charactersMax = 10_000;

/** Without comments, which may lie in one another, and without what is quoted: neither is a result. */
function bareWords(value: string): string {
  let depth = 0;
  let quoted = false;
  let bare = '';
  for (let at = 0; at < value.length; at++) {
    const character = value[at] ?? '';
    if (character === '\\') at += 1;
    else if (character === '"' && depth === 0) quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) bare += character;
  }
  return bare;
}

interface Result {
  readonly method: string;
  readonly result: string;
  /** `header.from` → its value. */
  readonly properties: ReadonlyMap<string, string>;
}

function resultOf(clause: string): Result | undefined {
  const [, method, result] = /^\s*([a-z0-9-]+)(?:\s*\/\s*\d+)?\s*=\s*([a-z0-9-]+)/i.exec(clause) ?? [];
  if (method === undefined || result === undefined) return undefined;
  const found = clause.matchAll(/\b([a-z0-9-]+\.[a-z0-9-]+)\s*=\s*([^\s;]+)/gi);
  const properties = new Map(Array.from(found, ([, name = '', given = '']) => [name.toLowerCase(), given]));
  return { method: method.toLowerCase(), result: result.toLowerCase(), properties };
}

/** Relaxed alignment (RFC 7489): the domain itself, or one above it that is not a whole ending. */
function isAligned(signer: string, domain: string): boolean {
  const signed = signer.slice(signer.lastIndexOf('@') + 1).toLowerCase();
  return signed === domain || (signed.includes('.') && domain.endsWith(`.${signed}`));
}

/**
 * DMARC passed, or a DKIM signature of the sender's domain did, according to the topmost result of `authority` (an
 * authserv-id): that server writes it above everything that came with the mail.
 */
export function isAuthenticated({ headers }: Pick<Email, 'headers'>, authority: string, address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  for (const { key, value } of headers) {
    if (key !== 'authentication-results' || value.length > charactersMax) continue;
    const [id = '', ...clauses] = bareWords(value).split(';');
    const [named] = id.trim().toLowerCase().split(/\s+/);
    if (named !== authority.toLowerCase()) continue;
    return clauses.flatMap((clause) => resultOf(clause) ?? []).some((result) => vouches(result, domain));
  }
  return false;
}

function vouches({ method, result, properties }: Result, domain: string): boolean {
  if (result !== 'pass') return false;
  if (method === 'dmarc') return properties.get('header.from')?.toLowerCase() === domain;
  const signer = properties.get('header.d') ?? properties.get('header.i');
  return method === 'dkim' && signer !== undefined && isAligned(signer, domain);
}
