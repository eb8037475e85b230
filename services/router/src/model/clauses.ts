// A goal cut into what it asks for, more boldly than a plan is: what is asked for is looked up for each part, not done.
import { boundaryAfter } from '../plan.ts';
import { type Sentence, slice } from '../sentence.ts';

/** A longer list is one of things, not of orders. */
export const clausesMax = 10;

/** Where speech pauses: the end of a sentence, a colon, a comma, a dash in space. */
const pause = /[.;:?!,)\n]\s|\s[–—-]\s|\n/;

interface Cut {
  readonly left: number;
  readonly right: number;
}

function cutsOf(sentence: Sentence): Cut[] {
  const cuts: Cut[] = [];
  for (let at = 0; at + 1 < sentence.words.length && cuts.length < clausesMax - 1; at++) {
    const boundary = boundaryAfter(sentence, at);
    if (boundary !== undefined) {
      cuts.push(boundary);
      at = boundary.right - 1;
      continue;
    }
    const [word, next] = [sentence.words[at], sentence.words[at + 1]];
    const between = word && next ? sentence.text.slice(word.end, next.start) : '';
    if (pause.test(between)) cuts.push({ left: at + 1, right: at + 1 });
  }
  return cuts;
}

/** The parts in order, at most ten; the last holds all that is left. One that has no telling word belongs to none. */
export function clausesOf(sentence: Sentence): Sentence[] {
  const cuts = cutsOf(sentence);
  const starts = [0, ...cuts.map((cut) => cut.right)];
  const ends = [...cuts.map((cut) => cut.left), sentence.words.length];
  return starts
    .map((start, at) => slice(sentence, start, ends[at] ?? start))
    .filter((clause) => clause.words.some((word) => !word.stop));
}
