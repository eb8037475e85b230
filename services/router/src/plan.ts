// Several steps in one sentence: `make a folder notes and then write milk to notes/list.txt`.
import type { Cue } from './cues.ts';
import type { Matcher, PatternMatch } from './matcher.ts';
import type { Surroundings } from './read-slot.ts';
import { type Sentence, slice, textBetween } from './sentence.ts';
import { isComplete, type Step } from './steps.ts';

export interface Boundary {
  /** Past-last word of the left part, first word of the right part. */
  readonly left: number;
  readonly right: number;
  /** `then`, `;`, a new line: says that something else follows. */
  readonly strong: boolean;
}

export interface PlannedMatch {
  readonly match: PatternMatch;
  readonly sentence: Sentence;
  readonly step: Step;
}

function planned(match: PatternMatch, sentence: Sentence): PlannedMatch {
  return { match, sentence, step: { skill: match.skill, input: match.input } };
}

export interface Plan {
  readonly parts: readonly PlannedMatch[];
  readonly boundaries: readonly Boundary[];
}

/** More places to split than this, and the sentence is no list of orders. */
const boundariesMax = 16;
const joiners = new Set(['and', 'then', 'afterwards', 'next', 'finally', 'also']);

/** Where something else may begin after this word. */
export function boundaryAfter(sentence: Sentence, at: number): Boundary | undefined {
  const [word, next] = [sentence.words[at], sentence.words[at + 1]];
  if (word === undefined || next === undefined) return undefined;
  const between = sentence.text.slice(word.end, next.start);
  let right = at + 1;
  const said: string[] = [];
  for (
    let joiner = sentence.words[right];
    joiner && !joiner.quoted && joiners.has(joiner.norm);
    joiner = sentence.words[right]
  ) {
    said.push(joiner.norm);
    right += 1;
  }
  if (right >= sentence.words.length) return undefined;
  const listed = between.includes(',') && word.shape === 'path' && next.shape === 'path';
  const strong =
    /[;\n]/.test(between) || said.includes('then') || said.includes('afterwards') || said.includes('finally');
  const joined = said.length > 0 && (said[0] === 'and' || said[0] === 'then' || strong || between.includes(','));
  return joined || strong || listed ? { left: at + 1, right, strong } : undefined;
}

function boundariesOf(sentence: Sentence): Boundary[] {
  const found: Boundary[] = [];
  for (let at = 0; at < sentence.words.length && found.length <= boundariesMax; at++) {
    const boundary = boundaryAfter(sentence, at);
    if (boundary === undefined) continue;
    found.push(boundary);
    at = boundary.right - 1;
  }
  return found;
}

/** `delete a.txt and b.txt`: a part that is one path does again what the part before did. */
function again(before: PlannedMatch | undefined, part: Sentence): PlannedMatch | undefined {
  const only = part.words[0];
  if (before === undefined || only === undefined || part.words.length !== 1 || only.shape !== 'path') return undefined;
  const fields = before.match.skill.fields.filter((field) => field.required);
  const field = fields[0];
  if (fields.length !== 1 || field === undefined || field.kind !== 'path') return undefined;
  const input = { ...before.match.input, [field.name]: textBetween(part, 0, 1) };
  return planned({ ...before.match, input }, part);
}

/** The finest way to cut the sentence into parts that each match a pattern with nothing missing; undefined for fewer than two. */
export function planSteps(
  sentence: Sentence,
  match: Matcher,
  cues: readonly Cue[],
  around: Surroundings,
): Plan | undefined {
  const boundaries = boundariesOf(sentence);
  if (boundaries.length === 0 || boundaries.length > boundariesMax) return undefined;
  const starts = [0, ...boundaries.map((boundary) => boundary.right)];
  const ends = [...boundaries.map((boundary) => boundary.left), sentence.words.length];
  const plans: (Plan | undefined)[] = [{ parts: [], boundaries: [] }];
  for (let to = 0; to < ends.length; to++) {
    let best: Plan | undefined;
    for (let from = 0; from <= to; from++) {
      const before = plans[from];
      if (before === undefined) continue;
      const [first, last] = [starts[from] ?? 0, ends[to] ?? 0];
      const part = slice(sentence, first, last);
      const moved = cues.filter(({ at }) => at >= first && at < last).map((cue) => ({ ...cue, at: cue.at - first }));
      const done = before.parts.map(({ step }) => ({ fields: step.skill.fields, input: step.input, step })).reverse();
      const found = match(part, moved, { ...around, earlier: [...done, ...around.earlier] })[0];
      const whole = found !== undefined && isComplete(found) ? planned(found, part) : undefined;
      const step = whole ?? again(before.parts.at(-1), part);
      if (step === undefined || (best !== undefined && before.parts.length + 1 <= best.parts.length)) continue;
      const cut = from === 0 ? undefined : boundaries[from - 1];
      best = { parts: [...before.parts, step], boundaries: cut ? [...before.boundaries, cut] : before.boundaries };
    }
    plans.push(best);
  }
  const plan = plans.at(-1);
  return plan !== undefined && plan.parts.length > 1 ? plan : undefined;
}

/** Whether the plan says more than the match of the whole sentence, whose slots swallow the joints. */
export function prefersPlan(plan: Plan, whole: PatternMatch | undefined): boolean {
  if (whole === undefined || whole.missing.length > 0) return true;
  return plan.boundaries.every(({ left, right, strong }, at) => {
    const joint = whole.alignment.covered.some((word) => word >= left && word < right);
    if (joint) return false;
    const slot = [...whole.alignment.slots].find(([, [from, to]]) => left >= from && left < to)?.[0];
    const kind = whole.skill.fields.find((field) => field.name === slot)?.kind ?? 'name';
    if (kind === 'array') return false;
    if (kind !== 'text') return true;
    // Free text may well hold `and then buy milk`: only what is plainly an order of its own is taken out of it.
    const after = plan.parts[at + 1];
    const typed = after?.sentence.words.some(
      (word) => word.shape === 'path' || word.shape === 'url' || word.shape === 'email',
    );
    return strong && (typed === true || (after?.match.alignment.content ?? 0) >= 2);
  });
}
