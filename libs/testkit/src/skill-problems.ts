// What is wrong with a skill's contract beyond its types: each rule here is one that the router, a model or a person relies on.
import { describeContract, type EffectClass, type Skill, type SkillContract } from '@switchboard/contract';

const utterancesMin = 8;
/** Policy may ask a person about these, who must then read exactly what will be done. */
const askedAbout: readonly EffectClass[] = ['external', 'destructive', 'execute', 'spend'];

type Schema = Record<string, unknown>;

/** One sentence for each rule that is broken; none for a sound skill. */
export function contractProblems({ contract, handler }: Skill): string[] {
  const { input, output } = describeContract(contract);
  const changes = contract.effects.some((effect) => effect.class !== 'read');
  // Nobody says it, and nobody is asked about it.
  const hidden = contract.audience === 'gateway';
  return [
    ...(hidden ? [] : utteranceProblems(contract, Object.keys(properties(input)), required(input))),
    ...objectProblems('input', input),
    ...objectProblems('output', output),
    ...Object.entries(properties(input)).flatMap(([field, schema]) => limitProblems(field, schema)),
    ...problem(contract.examples.length === 0, 'it has no example'),
    ...problem(
      changes === (contract.repeat === 'safe'),
      'repeat is safe exactly where nothing but reading is declared',
    ),
    ...problem(
      (contract.repeat === 'reconcilable') !== (handler.reconcile !== undefined),
      'the handler has reconcile exactly where repeat is reconcilable',
    ),
    ...problem(
      !hidden && contract.effects.some(({ class: name }) => askedAbout.includes(name)) && contract.ask === undefined,
      'its effects are asked about, and it has no ask',
    ),
  ];
}

/** Whoever approves must see every text of the input whole. */
export function askProblems(contract: SkillContract, input: Record<string, unknown>): string[] {
  if (contract.ask === undefined) return [];
  const asked = contract.ask(input);
  return Object.entries(input).flatMap(([field, value]) =>
    problem(typeof value === 'string' && !asked.includes(value), `ask does not show the whole of ${field}`),
  );
}

function utteranceProblems(contract: SkillContract, fields: readonly string[], needed: readonly string[]): string[] {
  const { utterances } = contract;
  const slots = new Set(utterances.flatMap(slotsOf));
  return [
    ...problem(
      utterances.length < utterancesMin,
      `it has ${utterances.length} utterances, fewer than ${utterancesMin}`,
    ),
    ...problem(new Set(utterances).size < utterances.length, 'an utterance is there twice'),
    ...utterances.filter((text) => !isWellFormed(text)).map((text) => `the brackets of "${text}" do not match`),
    ...[...slots].filter((slot) => !fields.includes(slot)).map((slot) => `{${slot}} is no field of the input`),
    ...needed.filter((field) => !slots.has(field)).map((field) => `no utterance has a slot for ${field}`),
  ];
}

function slotsOf(utterance: string): string[] {
  return [...utterance.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '');
}

/** `{slot}`, `[word]` and `(a|b)` open and close in order; `|` only within a choice. */
function isWellFormed(utterance: string): boolean {
  const closing: Record<string, string> = { '{': '}', '[': ']', '(': ')' };
  const open: string[] = [];
  for (const character of utterance) {
    const close = closing[character];
    if (close !== undefined) open.push(close);
    else if ('}])'.includes(character) && open.pop() !== character) return false;
    else if (character === '|' && !open.includes(')')) return false;
  }
  return open.length === 0;
}

function objectProblems(side: string, schema: Schema): string[] {
  const undescribed = Object.entries(properties(schema)).filter(
    ([, field]) => typeof field['description'] !== 'string',
  );
  return [
    ...problem(schema['additionalProperties'] !== false, `${side} is not a strict object`),
    ...undescribed.map(([field]) => `${side}.${field} has no description`),
  ];
}

/** Everything that comes in has a limit. */
function limitProblems(field: string, schema: Schema): string[] {
  const bounded = ['maxLength', 'enum', 'const', 'maxItems'].some((limit) => limit in schema);
  return problem(
    (schema['type'] === 'string' || schema['type'] === 'array') && !bounded,
    `input.${field} has no maximum`,
  );
}

function properties(schema: Schema): Record<string, Schema> {
  const found = schema['properties'];
  if (!isSchema(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([field, value]) => (isSchema(value) ? [[field, value]] : [])),
  );
}

function required(schema: Schema): string[] {
  const found = schema['required'];
  return Array.isArray(found) ? found.filter((field) => typeof field === 'string') : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

function problem(broken: boolean, sentence: string): string[] {
  return broken ? [sentence] : [];
}
