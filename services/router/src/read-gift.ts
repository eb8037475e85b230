// Reads a slot that holds no value but says where one comes from: a file by its name, or a request to another skill.
import type { Field } from './fields.ts';
import { giftBefore, isPronoun } from './pronouns.ts';
import type { Read, Surroundings } from './read-slot.ts';
import { type Sentence, textBetween } from './sentence.ts';
import type { Gift } from './steps.ts';

const listedMax = 10;

/** `a.txt, b.txt and a screenshot of …`: where each begins and ends. */
function listed({ text, words }: Sentence, from: number, to: number): [number, number][] {
  const spans: [number, number][] = [[from, from]];
  for (let at = from; at < to; at++) {
    const [word, before, span] = [words[at], words[at - 1], spans.at(-1)];
    if (word === undefined || span === undefined) continue;
    const joins = !word.quoted && (word.norm === 'and' || word.norm === '&');
    const apart = joins || (before !== undefined && at > from && text.slice(before.end, word.start).includes(','));
    if (!apart) span[1] = at + 1;
    else if (joins) spans.push([at + 1, at + 1]);
    else spans.push([at, at + 1]);
  }
  return spans.filter(([start, end]) => end > start);
}

function understood(sentence: Sentence, from: number, to: number, around: Surroundings): Gift | undefined {
  const norms = sentence.words.slice(from, to).map((word) => (word.quoted ? '' : word.norm));
  if (isPronoun(norms)) return giftBefore(around.earlier);
  return around.give?.artifact([sentence, from, to], around.earlier);
}

/** `implausible` where the words are understood as nothing that gives a file: they may be plain text for another skill. */
export function readGift(field: Field, sentence: Sentence, from: number, to: number, around: Surroundings): Read {
  if (field.kind === 'artifact') {
    const gift = understood(sentence, from, to, around);
    return gift === undefined ? 'implausible' : { value: gift };
  }
  const spans = listed(sentence, from, to);
  const each = spans.length > listedMax ? [] : spans.map(([start, end]) => understood(sentence, start, end, around));
  const gifts = each.every((one) => one !== undefined) ? each : [understood(sentence, from, to, around)];
  const found = gifts.filter((one) => one !== undefined);
  return found.length > 0 && textBetween(sentence, from, to) !== '' ? { value: found } : 'implausible';
}
