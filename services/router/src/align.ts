// Lays a pattern over a sentence: dynamic programming over (word, node), so the work is words × nodes whatever the text.
import type { FieldKind } from './fields.ts';
import type { Pattern, PatternNode } from './pattern.ts';
import type { Sentence, Word } from './sentence.ts';
import { standsFor } from './stem.ts';

/** What a looser alignment may do, and what each thing costs. Infinity forbids it. */
export interface AlignRules {
  /** How much a word of the pattern is worth when the sentence has it: 0 when it does not. */
  match(node: PatternNode, word: Word): number;
  skipWord(word: Word): number;
  omitNode(node: PatternNode): number;
  /** What it costs besides to have this word in this slot. */
  slotCost?(node: PatternNode, word: Word, first: boolean): number;
}

export interface Alignment {
  readonly score: number;
  /** Worth of the pattern's words that the sentence has. */
  readonly matched: number;
  /** Worth of those with a topic. */
  readonly content: number;
  /** Cost of what was skipped or left out. */
  readonly missed: number;
  /** Slot → first and past-last word. */
  readonly slots: ReadonlyMap<string, readonly [from: number, to: number]>;
  /** Words of the sentence that matched words of the pattern. */
  readonly covered: readonly number[];
}

const stopWorth = 0.35;

/** Worth of a pattern's word by itself. */
export function worth(node: { readonly stop: boolean }): number {
  return node.stop ? stopWorth : 1;
}

/** A whole sentence against a whole pattern: only words such as `the` may be skipped or left out. */
export const strictRules: AlignRules = {
  match(node, word) {
    if (word.quoted) return 0;
    if (word.norm === node.text) return worth(node);
    return word.stem === node.stem || standsFor(word.norm, node.text) ? 0.95 * worth(node) : 0;
  },
  skipWord: (word) => (word.filler && !word.quoted ? 0.1 : Infinity),
  omitNode: (node) => (node.filler ? 0.1 : Infinity),
};

const dateWords =
  /^(\d.*|today|tonight|tomorrow|yesterday|now|noon|midnight|next|this|in|at|on|the|of|[a-z]+day|[a-z]+days|weeks?|months?|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|morning|afternoon|evening|night|am|pm|o'clock|hours?|minutes?|mon|tue|wed|thu|fri|sat|sun|one|two|three|four|five|six|seven|eight|nine|ten|a|an)$/;

/** `find me …`: the `me` belongs to the verb. */
const isObject = (word: Word): boolean => !word.quoted && (word.norm === 'me' || word.norm === 'us');

const isPathLike = (word: Word): boolean => word.shape === 'path' || (word.quoted && !/\s/.test(word.norm));

const firstOf: Readonly<Record<FieldKind, (word: Word) => number>> = {
  path: (word) => (isPathLike(word) ? 0.5 : word.quoted || word.stop ? -0.3 : word.shape === 'email' ? -1 : 0),
  email: (word) => (word.shape === 'email' ? 0.6 : -Infinity),
  url: (word) => (word.shape === 'url' ? 0.6 : word.shape === 'path' ? 0.2 : -Infinity),
  number: (word) => (word.shape === 'number' ? 0.4 : word.norm === 'a' || word.norm === 'an' ? -0.2 : -Infinity),
  integer: (word) => (word.shape === 'number' ? 0.4 : word.norm === 'a' || word.norm === 'an' ? -0.2 : -Infinity),
  boolean: () => 0,
  date: (word) => (dateWords.test(word.norm) ? 0.3 : -Infinity),
  time: (word) => (dateWords.test(word.norm) ? 0.3 : -Infinity),
  datetime: (word) => (dateWords.test(word.norm) ? 0.3 : -Infinity),
  enum: () => 0,
  array: () => 0,
  artifact: (word) => (isObject(word) ? -0.2 : 0),
  object: () => -Infinity,
  text: (word) => (isObject(word) ? -0.2 : word.shape === 'path' || word.shape === 'url' ? -0.1 : 0),
  query: (word) => (isObject(word) ? -0.2 : word.shape === 'path' || word.shape === 'url' ? -0.1 : 0),
  command: (word) => (isObject(word) ? -0.6 : 0),
  name: (word) => (word.stop && !word.quoted ? -0.15 : word.shape === 'path' || word.shape === 'url' ? -0.2 : 0),
};

const furtherOf: Readonly<Record<FieldKind, (word: Word) => number>> = {
  path: (word) => (isPathLike(word) ? -0.1 : -0.6),
  email: () => -Infinity,
  url: () => -Infinity,
  number: (word) => (word.shape === 'number' || /^(hundred|thousand|million|and|k)$/.test(word.norm) ? 0 : -0.7),
  integer: (word) => (word.shape === 'number' || /^(hundred|thousand|million|and|k)$/.test(word.norm) ? 0 : -0.7),
  boolean: () => -0.5,
  date: (word) => (dateWords.test(word.norm) ? 0.02 : -0.7),
  time: (word) => (dateWords.test(word.norm) ? 0.02 : -0.7),
  datetime: (word) => (dateWords.test(word.norm) ? 0.02 : -0.7),
  enum: () => -0.1,
  array: () => -0.02,
  artifact: () => -0.01,
  object: () => -Infinity,
  text: () => -0.01,
  query: () => -0.03,
  command: (word) => (word.stop && !word.quoted ? -0.2 : -0.02),
  name: (word) => (word.quoted ? -0.3 : -0.1),
};

function slotGain(node: PatternNode, word: Word, first: boolean, rules: AlignRules): number {
  // The words for a record are another skill's, as those for an artifact are.
  const kind = node.field?.record === undefined ? (node.field?.kind ?? 'name') : 'artifact';
  return (first ? firstOf : furtherOf)[kind](word) - (rules.slotCost?.(node, word, first) ?? 0);
}

/** Room for the states of one alignment at a time, used again and again: allocating it is half the cost of a short one. */
export interface Room {
  best: Float64Array;
  back: Int32Array;
}

export function createRoom(): Room {
  return { best: new Float64Array(4096), back: new Int32Array(4096) };
}

/** States are `(word × nodes + node) × 2 + inSlot`; every step goes to a later word or to a lower node. */
class Table {
  readonly best: Float64Array;
  readonly back: Int32Array;
  readonly #nodes: number;

  constructor(words: number, nodes: number, room: Room) {
    const size = (words + 1) * nodes * 2;
    if (size > room.best.length) Object.assign(room, { best: new Float64Array(size), back: new Int32Array(size) });
    this.#nodes = nodes;
    this.best = room.best.fill(-Infinity, 0, size);
    this.back = room.back.fill(-1, 0, size);
  }

  state(word: number, node: number, inSlot: 0 | 1): number {
    return (word * this.#nodes + node) * 2 + inSlot;
  }

  score(state: number): number {
    return this.best[state] ?? -Infinity;
  }

  offer(state: number, score: number, from: number): void {
    if (score <= this.score(state)) return;
    this.best[state] = score;
    this.back[state] = from;
  }

  at(state: number): { word: number; node: number; inSlot: boolean } {
    const pair = state >> 1;
    return { word: Math.floor(pair / this.#nodes), node: pair % this.#nodes, inSlot: (state & 1) === 1 };
  }
}

/** What the rules cost for this pattern and sentence, worked out once. */
interface Costs {
  readonly omit: readonly number[];
  readonly skip: readonly number[];
}

function step(
  table: Table,
  node: PatternNode,
  index: number,
  at: number,
  word: Word | undefined,
  rules: AlignRules,
  costs: Costs,
): void {
  if (node.kind === 'slot') {
    const inside = table.state(at, index, 1);
    const held = table.score(inside);
    if (held > -Infinity) {
      if (word) table.offer(table.state(at + 1, index, 1), held + slotGain(node, word, false, rules), inside);
      for (const next of node.next) table.offer(table.state(at, next, 0), held, inside);
    }
  }
  const here = table.state(at, index, 0);
  const score = table.score(here);
  if (score === -Infinity) return;
  const omit = costs.omit[index] ?? Infinity;
  if (omit < Infinity) for (const next of node.next) table.offer(table.state(at, next, 0), score - omit, here);
  if (word === undefined) return;
  table.offer(table.state(at + 1, index, 0), score - (costs.skip[at] ?? Infinity), here);
  if (node.kind === 'slot') {
    const gain = score + slotGain(node, word, true, rules);
    // A quoted value is whole; that more belongs to it is possible, and unlikely.
    if (word.quoted) for (const next of node.next) table.offer(table.state(at + 1, next, 0), gain, here);
    table.offer(table.state(at + 1, index, 1), gain - (word.quoted ? 0.3 : 0), here);
  } else if (node.kind === 'word') {
    const gain = rules.match(node, word);
    if (gain > 0) for (const next of node.next) table.offer(table.state(at + 1, next, 0), score + gain, here);
  }
}

function trace(table: Table, pattern: Pattern, sentence: Sentence, end: number, rules: AlignRules): Alignment {
  const slots = new Map<string, [number, number]>();
  const covered: number[] = [];
  let [matched, content, missed] = [0, 0, 0];
  for (let state = end, from = table.back[state] ?? -1; from !== -1; state = from, from = table.back[state] ?? -1) {
    const [now, then] = [table.at(state), table.at(from)];
    const node = pattern.nodes[then.node];
    const word = sentence.words[then.word];
    if (node === undefined) continue;
    if (now.word === then.word) {
      if (!then.inSlot) missed += rules.omitNode(node);
    } else if (now.inSlot) {
      const held = slots.get(node.text);
      slots.set(node.text, [then.word, held && held[0] === now.word ? held[1] : now.word]);
    } else if (word !== undefined && now.node === then.node) missed += rules.skipWord(word);
    else if (node.kind === 'slot') slots.set(node.text, [then.word, now.word]);
    else if (word !== undefined) {
      const gain = rules.match(node, word);
      matched += gain;
      if (!node.stop) content += gain;
      covered.push(then.word);
    }
  }
  return { score: table.score(end), matched, content, missed, slots, covered };
}

/** The best way to lay the whole pattern over the sentence, or undefined when the rules allow none. */
export function align(
  pattern: Pattern,
  sentence: Sentence,
  rules: AlignRules,
  room: Room = createRoom(),
): Alignment | undefined {
  const words = sentence.words;
  const table = new Table(words.length, pattern.nodes.length, room);
  const costs = { omit: pattern.nodes.map(rules.omitNode), skip: words.map(rules.skipWord) };
  for (const start of sentence.starts)
    for (const entry of pattern.entry) table.offer(table.state(start, entry, 0), 0, -1);
  for (let at = 0; at <= words.length; at++) {
    for (let index = pattern.nodes.length - 1; index >= 0; index--) {
      const node = pattern.nodes[index];
      if (node) step(table, node, index, at, words[at], rules, costs);
    }
  }
  const ends = sentence.ends.map((end) => table.state(end, 0, 0));
  const end = ends.reduce((best, state) => (table.score(state) > table.score(best) ? state : best), ends[0] ?? 0);
  return table.score(end) === -Infinity ? undefined : trace(table, pattern, sentence, end, rules);
}
