// Signs that a sentence is no order to do something: a negation, a question about it, a report that it happened.
import type { EffectClass } from '@switchboard/contract';
import type { Sentence, Word } from './sentence.ts';
import { stem } from './stem.ts';

export type CueKind = 'negation' | 'question' | 'report';

export interface Cue {
  readonly kind: CueKind;
  /** The word that shows it. */
  readonly at: number;
}

const negators = new Set(['not', 'never', 'without', 'avoid', 'refrain', 'nobody', 'neither', 'nor']);
/** `do not forget to …` asks for something; `if you do not mind` is polite; `not yet` says when. */
const harmless = new Set(['forget', 'mind', 'hesitate', 'disturb', 'yet', 'only', 'just', 'sure', 'working', 'work']);
const openings = new Set([
  'so',
  'and',
  'okay',
  'hey',
  'hi',
  'hello',
  'please',
  'well',
  'then',
  'but',
  'also',
  'just',
  'um',
  'now',
]);
const askers = new Set(['how', 'why', 'what', 'who', 'when', 'where', 'which', 'whose']);
const auxiliaries = new Set(
  'did does do has have had was were is are am should shall may must might would could can will'.split(' '),
);
const tellers = new Set(['tell', 'explain', 'describe', 'show', 'know', 'wonder', 'teach', 'understand']);
const pasts = new Set(
  'sent wrote made ran bought got gave took told paid deleted went kept lost put cut shut set let spent did broke'.split(
    ' ',
  ),
);

function isPast(word: Word): boolean {
  return pasts.has(word.norm) || (/[a-z]{2}ed$/.test(word.norm) && stem(word.norm) !== word.norm);
}

function questionAt(words: readonly Word[], from: number): number | undefined {
  const [first, second] = [words[from]?.norm ?? '', words[from + 1]?.norm ?? ''];
  if (askers.has(first)) return from;
  const indirect = words.slice(from, from + 9).findIndex((word) => tellers.has(word.norm));
  if (indirect !== -1) {
    const asked = words
      .slice(from, from + indirect + 4)
      .findIndex((word, at) => at > indirect && askers.has(word.norm));
    if (asked !== -1) return from + asked;
    const whether = words
      .slice(from + indirect, from + indirect + 4)
      .findIndex((word) => /^(if|whether)$/.test(word.norm));
    if (whether !== -1) return from + indirect + whether;
  }
  if (!auxiliaries.has(first)) return undefined;
  // `could you delete it` asks politely; `did you delete it` asks about it.
  const polite = /^(can|could|would|will)$/.test(first) && /^(you|we)$/.test(second);
  const possible = first === 'is' && second === 'it' && /^possible$/.test(words[from + 2]?.norm ?? '');
  const imperative = first === 'do' && !/^(you|i|we|they|the|my|these|those)$/.test(second);
  const own = first === 'have' && !/^(you|i|we|they|the|my)$/.test(second);
  return polite || possible || imperative || own ? undefined : from;
}

function reportAt(words: readonly Word[], from: number): number | undefined {
  if (/^(failed|worked|crashed|broke|happened|hung)$/.test(words.at(-1)?.norm ?? '')) return words.length - 1;
  if (!/^(i|we|you|he|she|they|somebody|someone)$/.test(words[from]?.norm ?? '')) return undefined;
  return words.slice(from + 1, from + 4).some(isPast) ? from : undefined;
}

/** Every such sign, outside of quotes. */
export function findCues({ words }: Sentence): Cue[] {
  const cues: Cue[] = [];
  words.forEach((word, at) => {
    const next = words[at + 1];
    const stopping = /^(stop|quit)$/.test(word.norm) && /[a-z]{3}ing$/.test(next?.norm ?? '');
    const edge = /^(no|nope|nah)$/.test(word.norm) && (at === 0 || at === words.length - 1);
    const noNeed = word.norm === 'no' && /^(need|circumstances|longer|way)$/.test(next?.norm ?? '');
    const plain = negators.has(word.norm) && !harmless.has(next?.norm ?? '');
    if (!word.quoted && (stopping || noNeed || plain || edge)) cues.push({ kind: 'negation', at });
  });
  let from = 0;
  while (openings.has(words[from]?.norm ?? '')) from += 1;
  const question = questionAt(words, from);
  if (question !== undefined) cues.push({ kind: 'question', at: question });
  const report = reportAt(words, from);
  if (report !== undefined) cues.push({ kind: 'report', at: report });
  return cues;
}

/**
 * The first sign that a skill's own words do not explain. A sign is explained when the pattern has that very word, or when
 * it stands in a slot after words of the pattern: `write do not forget to notes.txt`.
 */
export function unexplained(
  cues: readonly Cue[],
  alignment: { readonly covered: readonly number[]; readonly slots: ReadonlyMap<string, readonly [number, number]> },
): Cue | undefined {
  const first = Math.min(...alignment.covered, Infinity);
  const spans = [...alignment.slots.values()];
  return cues.find(
    ({ at }) => !alignment.covered.includes(at) && !(at > first && spans.some(([from, to]) => at >= from && at < to)),
  );
}

const nothingSaid = { covered: [], slots: new Map() };

/** The sign that speaks against doing something: a question or a report does not stop a skill that only looks. */
export function cueAgainst(
  effect: EffectClass,
  alignment: Parameters<typeof unexplained>[1] | undefined,
  cues: readonly Cue[],
): Cue | undefined {
  const cue = unexplained(cues, alignment ?? nothingSaid);
  return cue !== undefined && (effect !== 'read' || cue.kind === 'negation') ? cue : undefined;
}
