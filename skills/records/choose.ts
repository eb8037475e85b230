// Which one of the records that match is meant: the one that is named exactly, the only one, or nobody knows.
import { SkillError } from '@switchboard/contract';

/** So many are named when it must be asked which. */
const namedMax = 8;
/** What must be looked at to choose: one more tells that there are more. */
export const candidatesMax: number = namedMax + 1;

interface Words<T> {
  /** `customer` */
  readonly noun: string;
  readonly text: string;
  /** What names it exactly: a number, a name. */
  readonly names: (record: T) => readonly (string | undefined)[];
  readonly words: (record: T) => string;
}

/** Throws SkillError `not-found` or `several`, which names them. */
export function theOne<T>(candidates: readonly T[], { noun, text, names, words }: Words<T>): T {
  const wanted = text.toLowerCase();
  const exact = candidates.filter((one) => names(one).some((name) => name?.toLowerCase() === wanted));
  const [first, ...others] = exact.length > 0 ? exact : candidates;
  if (first === undefined) throw new SkillError('not-found', `The ERP has no ${noun} that matches “${text}”.`);
  if (others.length === 0) return first;
  const all = [first, ...others];
  const named = all.slice(0, namedMax).map(words).join('; ');
  const more = all.length > namedMax ? '; and more' : '';
  throw new SkillError(
    'several',
    `Several match “${text}”: ${named}${more}. Which ${noun}? Say its number or its whole name.`,
  );
}
