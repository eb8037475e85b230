// Sentence patterns: `{slot}`, `[optional]`, `(a|b)`, compiled to a graph that is matched with bounded work, never to a regular expression.
import type { Field } from './fields.ts';
import { plainWords } from './fields.ts';
import type { Shape } from './sentence.ts';
import { shapeOf } from './sentence.ts';
import { isFiller, isStop, stem } from './stem.ts';
import { tokenise } from './tokens.ts';

export interface PatternNode {
  readonly kind: 'word' | 'slot' | 'end';
  /** The word, or the slot's name. */
  readonly text: string;
  readonly stem: string;
  readonly shape: Shape;
  readonly stop: boolean;
  readonly filler: boolean;
  readonly field: Field | undefined;
  /** Every follower has a lower index; 0 is the end. */
  readonly next: readonly number[];
}

export interface Pattern {
  readonly source: string;
  readonly nodes: readonly PatternNode[];
  readonly entry: readonly number[];
  /** Sets of stems: a sentence that matches holds one stem of each set. */
  readonly needs: readonly (readonly string[])[];
  readonly slots: readonly string[];
}

type Item =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'slot'; readonly name: string }
  | { readonly kind: 'group'; readonly optional: boolean; readonly choices: readonly (readonly Item[])[] };

const nodesMax = 120;
const depthMax = 6;

/** A pattern that cannot be read; it is left out, and nothing else is. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

interface Cursor {
  readonly source: string;
  at: number;
}

function parseSlot(cursor: Cursor): Item {
  const end = cursor.source.indexOf('}', cursor.at);
  const name =
    cursor.source
      .slice(cursor.at + 1, end)
      .split(':')[0]
      ?.trim() ?? '';
  if (end === -1 || !/^[\p{L}_][\p{L}\p{N}_.-]{0,62}$/u.test(name))
    throw new PatternError('a slot is not closed or has no name');
  cursor.at = end + 1;
  return { kind: 'slot', name };
}

function parseSequences(cursor: Cursor, closer: string, depth: number): Item[][] {
  if (depth > depthMax) throw new PatternError('groups are nested too deep');
  const choices: Item[][] = [[]];
  for (;;) {
    const here = cursor.source[cursor.at];
    if (here === undefined || here === ')' || here === ']') {
      if ((here ?? '') !== closer) throw new PatternError(`"${closer || here}" has no partner`);
      cursor.at += 1;
      return choices;
    }
    if (here === '|' && closer !== '') {
      cursor.at += 1;
      choices.push([]);
      continue;
    }
    choices.at(-1)?.push(parseItem(cursor, depth));
  }
}

function parseItem(cursor: Cursor, depth: number): Item {
  const here = cursor.source[cursor.at];
  if (here === '{') return parseSlot(cursor);
  if (here === '}') throw new PatternError('"}" has no partner');
  if (here === '[' || here === '(') {
    cursor.at += 1;
    const choices = parseSequences(cursor, here === '[' ? ']' : ')', depth + 1);
    return { kind: 'group', optional: here === '[', choices };
  }
  const rest = cursor.source.slice(cursor.at);
  const length = /^[^{}[\]()|]+/.exec(rest)?.[0].length ?? 1;
  cursor.at += length;
  return { kind: 'words', text: rest.slice(0, length) };
}

const comparableName = (name: string): string => plainWords(name).replaceAll(' ', '');

/** Builds from right to left, so that followers come first. */
function build(
  items: readonly Item[],
  exits: readonly number[],
  nodes: PatternNode[],
  fields: readonly Field[],
): readonly number[] {
  let entry = exits;
  for (const item of [...items].reverse()) {
    if (nodes.length > nodesMax) throw new PatternError('it is too long');
    if (item.kind === 'words') {
      for (const token of tokenise(item.text).reverse()) {
        const raw = item.text.slice(token.start, token.end);
        const word = { text: token.norm, stem: stem(token.norm.replace(/'s$/, '')), shape: shapeOf(raw) };
        const kinds = { stop: isStop(token.norm), filler: isFiller(token.norm) };
        nodes.push({ kind: 'word', ...word, ...kinds, field: undefined, next: entry });
        entry = [nodes.length - 1];
      }
    } else if (item.kind === 'slot') {
      const field = fields.find((one) => comparableName(one.name) === comparableName(item.name));
      nodes.push({
        kind: 'slot',
        text: field?.name ?? item.name,
        stem: '',
        shape: 'word',
        stop: false,
        filler: false,
        field,
        next: entry,
      });
      entry = [nodes.length - 1];
    } else {
      const after = entry;
      const starts = item.choices.flatMap((choice) => build(choice, after, nodes, fields));
      entry = [...new Set(item.optional ? [...starts, ...after] : starts)];
    }
  }
  return entry;
}

/** For each item that cannot be left out: the stems of which one must be there. */
function needsOf(items: readonly Item[]): string[][] {
  return items.flatMap((item): string[][] => {
    if (item.kind === 'words') {
      return tokenise(item.text)
        .filter((token) => !isFiller(token.norm))
        .map((token) => [stem(token.norm.replace(/'s$/, ''))]);
    }
    if (item.kind === 'slot' || item.optional) return [];
    const each = item.choices.map((choice) => needsOf(choice)[0]);
    return each.some((need) => need === undefined) ? [] : [each.flatMap((need) => need ?? [])];
  });
}

/**
 * Compiles one utterance against the fields of its skill. Throws PatternError when it cannot be read. Work and size are
 * linear in its length.
 */
export function compilePattern(utterance: string, fields: readonly Field[]): Pattern {
  const source = utterance
    .slice(0, 400)
    .replace(/["“”`]/g, ' ')
    .replace(/'(?=\{)|(?<=\})'(?!s\b)/g, ' ')
    .replace(/(?<=\})'s\b/g, ' ');
  const [items = []] = parseSequences({ source, at: 0 }, '', 0);
  const nodes: PatternNode[] = [
    { kind: 'end', text: '', stem: '', shape: 'word', stop: false, filler: false, field: undefined, next: [] },
  ];
  const entry = build(items, [0], nodes, fields);
  if (nodes.length === 1 || entry.includes(0)) throw new PatternError('it would match anything');
  if (!nodes.some((node) => node.kind === 'word')) throw new PatternError('it has no words');
  const slots = [...new Set(nodes.filter((node) => node.kind === 'slot').map((node) => node.text))];
  return { source: utterance, nodes, entry, needs: needsOf(items), slots };
}
