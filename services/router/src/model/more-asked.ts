// Whether a sentence plainly asks for more than the rules made of it: an order that they overlooked, or took for a value.
import type { RouteDecision } from '@switchboard/contract';
import type { CatalogueIndex } from '../catalogue-index.ts';
import { conceptsOf } from '../concepts.ts';
import type { FieldKind } from '../fields.ts';
import { isPronoun } from '../pronouns.ts';
import { type Sentence, textBetween, type Word } from '../sentence.ts';
import { stem } from '../stem.ts';
import { clausesOf } from './clauses.ts';

/** What a person orders that no skill does, and a model can. */
const thinking = new Set(
  'summarize summarise translate compare explain describe tell decide answer reply check calculate count rewrite shorten suggest recommend sum work draft write list forward archive sort'
    .split(' ')
    .map(stem),
);

interface Filled {
  readonly kind: FieldKind;
  readonly text: string;
}

interface Understood {
  readonly steps: number;
  readonly values: readonly Filled[];
}

function understood(decision: RouteDecision, { skills }: CatalogueIndex): Understood | undefined {
  const planned =
    decision.outcome === 'route'
      ? decision.steps
      : decision.outcome === 'ask' && decision.question.kind === 'input'
        ? [
            ...(decision.question.rest?.before ?? []),
            { ...decision.question, input: decision.question.arguments },
            ...(decision.question.rest?.after ?? []),
          ]
        : undefined;
  if (planned === undefined) return undefined;
  const values = planned.flatMap(({ agent, skill: name, input }) => {
    const skill = skills.find((one) => one.agent === agent && one.name === name);
    return Object.entries(input).flatMap(([field, value]) => {
      const kind = skill?.fields.find((one) => one.name === field)?.kind ?? 'name';
      return [value].flat().flatMap((text) => (typeof text === 'string' ? [{ kind, text }] : []));
    });
  });
  return { steps: planned.length, values };
}

/** `and store it` is an order about what came before. */
const refersBack = (word: Word | undefined): boolean => word !== undefined && isPronoun([word.norm]);

/** The part begins with an order, after what is said out of courtesy. */
function isOrder({ words, starts }: Sentence, { orders }: CatalogueIndex): boolean {
  return starts.some((start) => {
    const word = words[start];
    if (word?.shape !== 'word') return false;
    const known = orders.has(word.stem) || thinking.has(word.stem);
    return known || (conceptsOf(word.stem).length > 0 && refersBack(words[start + 1]));
  });
}

const isValue = ({ shape }: Word): boolean => shape === 'path' || shape === 'url' || shape === 'email';

/** Free text may well hold `and send it`: only what is plainly an order of its own is no part of it. */
function standsAlone(clause: Sentence, joint: string): boolean {
  return /;|\n|\bthen\b|\bafterwards\b|\bfinally\b/i.test(joint) && clause.words.some(isValue);
}

/** Of a decision that the rules are sure of. */
export function asksForMore(decision: RouteDecision, sentence: Sentence, index: CatalogueIndex): boolean {
  const made = understood(decision, index);
  const clauses = clausesOf(sentence);
  if (made === undefined || clauses.length < 2) return false;
  let overlooked = 1;
  for (const clause of clauses.slice(1)) {
    const first = clause.words[0];
    if (first === undefined || !isOrder(clause, index)) continue;
    const at = sentence.words.findIndex((word) => word.start === first.start);
    const before = sentence.words.slice(0, at).findLast((word) => !word.stop && !/^(and|then)$/.test(word.norm));
    const joint = before ? sentence.text.slice(before.end, first.start) : '';
    const across = before ? sentence.text.slice(before.start, first.end) : textBetween(clause, 0, 1);
    const within = made.values.filter(({ text }) => text.includes(across));
    if (within.length === 0) overlooked += 1;
    else if (within.every(({ kind }) => kind !== 'text' && kind !== 'command')) return true;
    else if (within.every(({ kind }) => kind === 'text') && (refersBack(clause.words[1]) || standsAlone(clause, joint)))
      return true;
  }
  return overlooked > made.steps;
}
