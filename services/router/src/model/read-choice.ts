// What a model answered about skills, held against what it was asked: a choice among the candidates, or nothing. Pure.
import type { ModelReply } from '@switchboard/contract';
import { z } from 'zod';
import type { RoutableSkill } from '../routable.ts';
import { chosenMax } from './prompt.ts';

const answerSchema = z.object({
  kind: z.enum(['do', 'talk', 'unclear']),
  skills: z.array(z.string()).max(chosenMax),
});

export type Choice =
  | { readonly kind: 'do' | 'unclear'; readonly skills: readonly RoutableSkill[] }
  | { readonly kind: 'talk' }
  /** Why it is no choice. */
  | { readonly kind: 'none'; readonly why: string };

/** Models without structured output put words or a fence around their JSON. */
function parse(text: string): unknown {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  if (from === -1 || to < from) return undefined;
  try {
    return JSON.parse(text.slice(from, to + 1));
  } catch {
    return undefined;
  }
}

/** Never throws: whatever is not plainly a choice among these is none. */
export function readChoice({ text, stop }: ModelReply, candidates: readonly RoutableSkill[]): Choice {
  const none = (why: string): Choice => ({ kind: 'none', why });
  if (stop === 'refused') return none('the model would not answer');
  const answer = answerSchema.safeParse(parse(text));
  if (!answer.success) return none('the model’s answer was no choice');
  const { kind, skills: names } = answer.data;
  if (kind === 'talk') return { kind };
  const skills = [...new Set(names)].map((name) => candidates.find((skill) => skill.name === name));
  const known = skills.filter((skill) => skill !== undefined);
  if (known.length < skills.length) return none('the model chose what was not there to choose');
  if (kind === 'do' && known.length === 0) return none('the model found none of the skills fit');
  return { kind, skills: known };
}
