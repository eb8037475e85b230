// Whether a model's arguments fit the skill that it calls; where one is a reference, whether there is what it refers to.
import {
  argumentsSchema,
  hashJson,
  type Next,
  type Observation,
  referenceSchema,
  referencesIn,
  sayReference,
} from '@switchboard/contract';
import type { SchemaCheck, SchemaProblem } from '@switchboard/service';
import { givesOf } from './turns.ts';

type Json = Readonly<Record<string, unknown>>;
type Checked = { readonly input: Record<string, unknown> } | { readonly problem: string };

const problemsMax = 5;

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What a model wrote as arguments, if it is an object that can be kept. */
export function readArguments(json: string): Checked {
  // A tool without arguments is called without any by some.
  const { data, error } = argumentsSchema.safeParse(json.trim() === '' ? {} : parse(json));
  if (data !== undefined) return { input: data };
  const [issue] = error.issues;
  const why = issue?.code === 'custom' ? issue.message : 'must be one JSON object';
  return { problem: `the arguments ${why}` };
}

/** Models whose output is held to the schema of the field can write a reference only as text. */
function reference(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('$from')) return value;
  return referenceSchema.safeParse(parse(value)).data ?? value;
}

function readReferences(input: Json): Record<string, unknown> {
  const read = (value: unknown) => (Array.isArray(value) ? value.map(reference) : reference(value));
  return Object.fromEntries(Object.entries(input).map(([field, value]) => [field, read(value)]));
}

function holdsReference(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return referenceSchema.safeParse(value).success || Object.values(value).some(holdsReference);
}

/** Deeper than the value of a field or an element of a list there, nobody would fill it in: it would go on as data. */
function tooDeep(input: Json): boolean {
  const parts = Object.values(input).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return parts.some((part) => !referenceSchema.safeParse(part).success && holdsReference(part));
}

function badReference(input: Json, { observations, skills }: Next): string | undefined {
  if (tooDeep(input)) return 'a reference must be the whole value of a field, or an element of a list there';
  const gives = givesOf(skills);
  const ofStep = (step: number): Observation | undefined =>
    observations.find((one) => one.kind === 'result' && one.step === step);
  for (const source of referencesIn(input)) {
    const from = ofStep(source.step);
    if (from === undefined || !gives(from).includes(source.field)) return `there is no ${sayReference(source)}`;
  }
  return undefined;
}

/** What is wrong where a reference stands, nobody knows before it is filled in. */
function outsideReferences(input: Json, problems: readonly SchemaProblem[]): SchemaProblem[] {
  const pointers = Object.entries(input)
    .filter(([field, value]) => referencesIn({ [field]: value }).length > 0)
    .map(([field]) => `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return problems.filter(({ path }) => !pointers.some((pointer) => path === pointer || path.startsWith(`${pointer}/`)));
}

/** `input` comes back as it is to be carried out. What is wrong is said in words that a model can mend it by. */
export function checkArguments(question: Next, schema: Json, given: Json, check: SchemaCheck): Checked {
  const input = readReferences(given);
  const wrong = badReference(input, question);
  if (wrong !== undefined) return { problem: wrong };
  const problems = check(hashJson(schema), schema, input);
  if (problems === undefined) return { problem: 'the schema of this tool cannot be read' };
  const left = outsideReferences(input, problems);
  if (left.length === 0) return { input };
  const said = left.slice(0, problemsMax).map(({ path, says }) => `${path.slice(1) || 'the arguments'} ${says}`);
  return { problem: said.join('; ') };
}
