// What a key may do: one table. A route names what opens it, and nobody gives away more than they hold.
import { z } from 'zod';
import { nameSchema } from './names.ts';

/** `skill` stands for every `skill:<name>`. No scope opens what another one is for. */
export const scopeFacts = {
  sessions: 'talk in sessions, with every skill, and read what is one’s own',
  skill: 'the same with the skill of this name only, and only in what was begun with this very key',
  approve: 'answer approvals',
  operate: 'let turns that were set aside run again, or drop them',
  keys: 'make, rotate and revoke keys of one’s own, none of which can do more than this one',
  identities: 'link addresses to oneself, and unlink them',
  'audit:read': 'read the audit',
  admin: 'make and disable principals, and give anybody keys with any scopes',
} as const;

/** What a route asks for. */
export type ScopeKind = keyof typeof scopeFacts;
type PlainScope = Exclude<ScopeKind, 'skill'>;
/** What a key holds. */
export type Scope = PlainScope | `skill:${string}`;

const isPlain = (kind: string): kind is PlainScope => kind !== 'skill' && kind in scopeFacts;
/** Everything that there is: what the owner's key holds. */
export const scopes: readonly PlainScope[] = Object.keys(scopeFacts).filter(isPlain);

const skillPrefix = 'skill:';
export const scopeSchema = z.union([
  z.enum(scopes),
  z
    .templateLiteral([skillPrefix, z.string()])
    .refine((scope) => nameSchema.safeParse(scope.slice(skillPrefix.length)).success, 'must be skill:<name>'),
]);

const kindOf = (scope: Scope): ScopeKind => (isPlain(scope) ? scope : 'skill');

/** Whether a key that holds these opens a route that asks for any one of those. */
export function opens(held: readonly Scope[], asked: readonly ScopeKind[]): boolean {
  return held.some((scope) => asked.includes(kindOf(scope)));
}

/** Whether somebody who holds these may give all of those: each skill is within `sessions`, and everything in `admin`. */
export function mayGive(held: readonly Scope[], wanted: readonly Scope[]): boolean {
  if (held.includes('admin')) return true;
  return wanted.every((scope) => held.includes(scope) || (!isPlain(scope) && held.includes('sessions')));
}

/** The only skills that may run for a key that holds these; null: every skill. */
export function allowedSkills(held: readonly Scope[]): readonly string[] | null {
  if (held.includes('sessions')) return null;
  return held.filter((scope) => !isPlain(scope)).map((scope) => scope.slice(skillPrefix.length));
}
