// A skill as the router holds it: its contract, its fields, and its utterances compiled once.
import { artifactGiven, type EffectClass, type SkillDocument } from '@switchboard/contract';
import { type Field, isRecord, plainWords, readFields, recordOf, takesArtifact } from './fields.ts';
import { compilePattern, type Pattern, PatternError } from './pattern.ts';
import { readSentence } from './sentence.ts';

export interface CatalogueEntry {
  readonly agent: string;
  readonly document: SkillDocument;
}

export interface RoutableSkill {
  /** Position in the catalogue. */
  readonly id: number;
  readonly agent: string;
  readonly name: string;
  readonly title: string;
  readonly document: SkillDocument;
  readonly fields: readonly Field[];
  readonly patterns: readonly Pattern[];
  /** Stems of all words its patterns are made of. */
  readonly vocabulary: ReadonlySet<string>;
  /** The gravest thing it may do. */
  readonly effect: EffectClass;
  /** The field of its output that always holds an artifact, when it is one. */
  readonly gives: string | undefined;
  /** The records that its output always holds: what each is, as a field that takes one has it, and its field. */
  readonly records: ReadonlyMap<string, string>;
  /** The texts that its output always holds: what each is called in plain words, and its field. */
  readonly says: ReadonlyMap<string, string>;
}

/** An utterance that was left out, and why; everything else of its skill works. */
export interface CatalogueProblem {
  readonly agent: string;
  readonly skill: string;
  readonly utterance: string;
  readonly why: string;
}

const gravity: readonly EffectClass[] = ['read', 'write', 'external', 'execute', 'spend', 'destructive'];
const utterancesMax = 100;

export function graver(a: EffectClass, b: EffectClass): EffectClass {
  return gravity.indexOf(a) > gravity.indexOf(b) ? a : b;
}

function gravest(document: SkillDocument): EffectClass {
  return document.effects.map((effect) => effect.class).reduce(graver, 'read');
}

/** The fields that an output always holds, of one type. */
function alwaysGiven(output: unknown, type: string): [string, Readonly<Record<string, unknown>>][] {
  if (!isRecord(output) || !isRecord(output['properties']) || !Array.isArray(output['required'])) return [];
  const { properties, required } = output;
  return Object.entries(properties).flatMap(([name, schema]) =>
    isRecord(schema) && schema['type'] === type && required.includes(name) ? [[name, schema]] : [],
  );
}

function textsOf(output: unknown): Map<string, string> {
  return new Map(alwaysGiven(output, 'string').map(([name]) => [plainWords(name), name]));
}

function recordsOf(output: unknown): Map<string, string> {
  return new Map(alwaysGiven(output, 'object').map(([name, schema]) => [recordOf(schema) ?? '', name]));
}

/**
 * `read notes/todo.txt` with `{path: 'notes/todo.txt'}` → `read {path}`; undefined when a value is not in the text, as what
 * another step gives never is.
 */
function exampleAsPattern(says: string, input: unknown, fields: readonly Field[]): string | undefined {
  if (!isRecord(input) || /[[\](){}|]/.test(says)) return undefined;
  if (fields.some((field) => takesArtifact(field) && input[field.name] !== undefined)) return undefined;
  const values = Object.entries(input).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  let text = says;
  for (const [name, value] of values.sort(([, a], [, b]) => String(b).length - String(a).length)) {
    const at = text.indexOf(String(value));
    if (String(value) === '' || at === -1) return undefined;
    text = `${text.slice(0, at)}{${name}}${text.slice(at + String(value).length)}`;
  }
  return values.length > 0 && !text.includes('}{') ? text : undefined;
}

/** A free example `what did I write in diary.md` says as much as `what did I write in {path}`, where one field is a path. */
function exampleWithSlot(utterance: string, fields: readonly Field[]): string | undefined {
  if (/[[\](){}|]/.test(utterance)) return undefined;
  const paths = fields.filter((field) => field.kind === 'path');
  const words = readSentence(utterance).words.filter((word) => word.shape === 'path');
  const [field, word] = [paths[0], words[0]];
  if (field === undefined || word === undefined || paths.length !== 1 || words.length !== 1) return undefined;
  return `${utterance.slice(0, word.start)}{${field.name}}${utterance.slice(word.end)}`;
}

/** What a skill that says nothing of how it is asked for may be asked with: `read [the] file {path}`. */
function utterancesFromName(name: string, fields: readonly Field[]): string[] {
  const [verb = '', ...nouns] = name.split(/[^a-z0-9]+/);
  const slots = fields.filter((field) => field.required).map((field) => `{${field.name}}`);
  const whole = [verb, ...nouns.map((noun) => `[the] ${noun}`), ...slots].join(' ');
  return [whole];
}

/** Compiles one contract. A pattern that cannot be read is reported and left out. */
export function toRoutable(entry: CatalogueEntry, id: number, problems: CatalogueProblem[]): RoutableSkill {
  const { agent, document } = entry;
  const fields = readFields(document.input);
  const derived = document.examples.flatMap(({ says, input }) => exampleAsPattern(says, input, fields) ?? []);
  const said = document.utterances.slice(0, utterancesMax);
  const slotted = said.flatMap((utterance) => exampleWithSlot(utterance, fields) ?? []);
  const patterns: Pattern[] = [];
  const fromName = said.length === 0 ? utterancesFromName(document.name, fields) : [];
  for (const utterance of [...said, ...derived, ...slotted, ...fromName]) {
    try {
      patterns.push(compilePattern(utterance, fields));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      problems.push({ agent, skill: document.name, utterance, why: error.message });
    }
  }
  const nodes = patterns.flatMap((pattern) => pattern.nodes).filter((node) => node.kind === 'word');
  return {
    id,
    agent,
    name: document.name,
    title: document.title,
    document,
    fields,
    patterns,
    vocabulary: new Set(nodes.map((node) => node.stem)),
    effect: gravest(document),
    gives: artifactGiven(document.output),
    records: recordsOf(document.output),
    says: textsOf(document.output),
  };
}
