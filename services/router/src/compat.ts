// Whether the values in a sentence have a place in a skill's input, and the values it needs are in the sentence.
import type { Field, FieldKind } from './fields.ts';
import type { RoutableSkill } from './routable.ts';
import type { Shape, Word } from './sentence.ts';
import { readOption } from './values.ts';

type Valued = Exclude<Shape, 'word'>;

/** How well a field of a kind takes a value of a shape: 1 it is made for it, 0 it is not. */
const takes: Readonly<Record<Valued, Partial<Record<FieldKind, number>>>> = {
  path: { path: 1, artifact: 0.9, array: 0.8, text: 0.5, query: 0.6, command: 0.5, name: 0.5, url: 0.4 },
  url: { url: 1, artifact: 0.5, text: 0.5, query: 0.5, name: 0.4, array: 0.5 },
  email: { email: 1, name: 0.8, text: 0.4, query: 0.5, array: 0.5 },
  number: {
    number: 1,
    integer: 1,
    datetime: 0.8,
    date: 0.8,
    time: 0.8,
    text: 0.6,
    name: 0.6,
    query: 0.5,
    array: 0.5,
    path: 0.2,
  },
  quoted: { text: 1, command: 1, query: 1, name: 0.9, path: 0.5, array: 0.7, enum: 0.5 },
};

function kindsOf(field: Field): FieldKind[] {
  return field.kind === 'array' && field.item ? ['array', field.item.kind] : [field.kind];
}

/** `config.yaml` is no folder, `notes/` no file, and `"buy milk"` hardly a path. */
function placeShare(field: Field, word: Word): number {
  if (field.kind !== 'path') return 1;
  if (word.quoted) return /\s/.test(word.norm) && !/[./\\]/.test(word.norm) ? 0.4 : 1;
  if (word.shape !== 'path' || field.place === 'any') return 1;
  const isFile = /\.[a-z0-9]{1,5}$/i.test(word.norm);
  return (field.place === 'file') === isFile ? 1 : 0.5;
}

function placeFor(word: Word, shape: Valued, skill: RoutableSkill): number {
  const each = skill.fields.flatMap((field) =>
    kindsOf(field).map((kind) => (takes[shape][kind] ?? 0) * placeShare(field, word)),
  );
  return Math.max(0, ...each);
}

const told: Partial<Record<FieldKind, readonly Shape[]>> = {
  url: ['url', 'path'],
  email: ['email'],
  number: ['number'],
  integer: ['number'],
  path: ['path', 'quoted'],
};

function isTold(field: Field, words: readonly Word[]): boolean {
  if (field.kind === 'enum') return words.some((word) => readOption(word.norm, field.options) !== undefined);
  const shapes = told[field.kind];
  return shapes === undefined || words.some((word) => shapes.includes(word.shape));
}

/** 0 to 1: how much of what the sentence brings fits, and how much of what the skill needs in a known shape is there. */
export function compatibility(skill: RoutableSkill, words: readonly Word[]): number {
  const values = words.flatMap((word) => (word.shape === 'word' ? [] : [placeFor(word, word.shape, skill)]));
  const placed = values.length === 0 ? 1 : values.reduce((sum, one) => sum + one, 0) / values.length;
  const needs = skill.fields.filter(
    (field) => field.required && (field.kind === 'enum' || told[field.kind] !== undefined),
  );
  const met = needs.length === 0 ? 1 : needs.filter((field) => isTold(field, words)).length / needs.length;
  return 0.6 * placed + 0.4 * met;
}
