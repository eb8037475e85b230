// Reads a catalogue of contracts in whatever reasonable shape others bring, and fills what is missing with safe defaults.
import { type EffectClass, effectClasses, hashJson, type SkillDocument } from '@switchboard/contract';
import { isRecord } from './fields.ts';
import type { CatalogueEntry } from './routable.ts';

/** An entry, and the names it had where it came from. */
export interface ForeignSkill {
  readonly entry: CatalogueEntry;
  readonly agent: string;
  readonly skill: string;
}

type Json = Readonly<Record<string, unknown>>;

const skillLists = ['skills', 'tools', 'contracts', 'functions', 'actions', 'capabilities', 'catalogue', 'catalog'];

/** Any name as a name of ours: `createIssue`, `github.create_issue` → `create-issue`, `github-create-issue`. */
export function toName(text: string): string {
  const spaced = text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  const name = spaced
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  return name === '' ? 'skill' : name;
}

function text(record: Json, keys: readonly string[]): string | undefined {
  const found = keys.map((key) => record[key]).find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof found === 'string' ? found.trim() : undefined;
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one) => {
    if (typeof one === 'string') return [one];
    const said = isRecord(one)
      ? text(one, ['text', 'says', 'utterance', 'query', 'example', 'pattern', 'input'])
      : undefined;
    return said === undefined ? [] : [said];
  });
}

const verbs: readonly (readonly [RegExp, EffectClass])[] = [
  [/^(delete|remove|purge|drop|destroy|erase|wipe|terminate|cancel|revoke|clear)\b/, 'destructive'],
  [/^(buy|pay|order|purchase|book|transfer|checkout|rent)\b/, 'spend'],
  [/^(run|execute|exec|deploy|restart|reboot|stop|kill)\b/, 'execute'],
  [/^(send|post|publish|share|invite|call|reply|forward|notify|submit|email|message)\b/, 'external'],
  [
    /^(get|list|read|search|find|show|check|view|fetch|describe|look|query|count|tell|define|translate|convert|calculate|summarize|compare|recommend|track|what|who|when|where|is|how)\b/,
    'read',
  ],
];

function effectsOf(record: Json, name: string): SkillDocument['effects'] {
  const listed = Array.isArray(record['effects']) ? record['effects'] : [record['effect'] ?? record['effects']];
  const classes = listed.flatMap((one): EffectClass[] => {
    const said = isRecord(one) ? (one['class'] ?? one['effect'] ?? one['kind']) : one;
    const word = typeof said === 'string' ? (said.split(/[.:\s]/).find((part) => part !== '') ?? '').toLowerCase() : '';
    const all = typeof said === 'string' ? said.toLowerCase().split(/[.:\s]/) : [];
    const known = effectClasses.find((one) => one === word) ?? effectClasses.find((one) => all.includes(one));
    return known === undefined ? [] : [known];
  });
  const hints = isRecord(record['annotations']) ? record['annotations'] : {};
  if (hints['destructiveHint'] === true) classes.push('destructive');
  else if (hints['readOnlyHint'] === true) classes.push('read');
  if (classes.length === 0) {
    const words = name.replaceAll('-', ' ');
    classes.push(verbs.find(([verb]) => verb.test(words))?.[1] ?? 'write');
  }
  return [...new Set(classes)].slice(0, 12).map((one) => ({ class: one, on: 'unknown' }));
}

function asSchema(value: unknown): Json {
  if (!isRecord(value)) return { type: 'object', properties: {} };
  if (isRecord(value['properties']) || value['type'] === 'object' || '$ref' in value) return value;
  // A bare map of fields: `{path: 'string'}` or `{path: {type: 'string', required: true}}`.
  const fields = Object.entries(value).filter(([key]) => !key.startsWith('$'));
  const properties = Object.fromEntries(
    fields.map(([key, one]) => [key, typeof one === 'string' ? { type: one } : one]),
  );
  const required = fields.filter(([, one]) => isRecord(one) && one['required'] === true).map(([key]) => key);
  return { type: 'object', properties, required };
}

function schemaOf(record: Json): Json {
  const nested = isRecord(record['function']) ? record['function'] : record;
  const keys = ['input', 'inputSchema', 'input_schema', 'parameters', 'params', 'arguments', 'schema'];
  return asSchema(keys.map((key) => nested[key]).find((value) => isRecord(value)));
}

function examplesOf(record: Json): SkillDocument['examples'] {
  if (!Array.isArray(record['examples'])) return [];
  return record['examples'].flatMap((one) => {
    if (!isRecord(one)) return [];
    const says = text(one, ['says', 'text', 'utterance', 'query']);
    const input = one['input'] ?? one['arguments'] ?? one['slots'];
    return says === undefined || !isRecord(input) ? [] : [{ says, input, output: {} }];
  });
}

/** `{{slot}}`, `<slot>` and `${slot}` are `{slot}` where the schema has such a field. */
function asPattern(utterance: string, schema: Json): string {
  const fields = isRecord(schema['properties']) ? schema['properties'] : {};
  return utterance
    .slice(0, 300)
    .replace(/\$?\{\{?\s*([\w-]+)\s*\}?\}/g, '{$1}')
    .replace(/<([\w-]+)>/g, (whole, name: string) => (Object.hasOwn(fields, name) ? `{${name}}` : whole));
}

function documentOf(record: Json, given: string, name: string): SkillDocument {
  const nested = isRecord(record['function']) ? record['function'] : record;
  const input = schemaOf(record);
  const said = [
    'utterances',
    'examples',
    'patterns',
    'phrases',
    'sentences',
    'samples',
    'triggers',
    'exampleUtterances',
  ];
  const utterances = [...new Set(said.flatMap((key) => strings(record[key])))].map((one) => asPattern(one, input));
  const description = text(nested, ['description', 'summary', 'desc', 'purpose']) ?? given;
  const title = text(nested, ['title', 'displayName', 'label']) ?? name.replaceAll('-', ' ');
  const body = {
    name,
    version: text(record, ['version']) ?? '0.0.0',
    title: title.slice(0, 100),
    description: description.slice(0, 1024),
    tags: strings(record['tags'] ?? record['keywords'] ?? record['category']).slice(0, 20),
    input: { ...input },
    output: {},
    errors: {},
    effects: effectsOf(record, name),
    repeat: 'once' as const,
    ingests: 'untrusted' as const,
    timeoutMs: 60_000,
    utterances: utterances.slice(0, 100),
    examples: examplesOf(record).slice(0, 20),
    redact: [],
    requires: {},
  };
  const hash = text(record, ['contractHash', 'hash']);
  return { ...body, contractHash: hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : hashJson(body) };
}

interface Found {
  readonly record: Json;
  readonly agent: string | undefined;
  readonly key: string | undefined;
}

function looksLikeSkill(value: unknown): value is Json {
  if (!isRecord(value)) return false;
  return ['utterances', 'description', 'input', 'inputSchema', 'parameters', 'examples', 'function', 'effects'].some(
    (key) => key in value,
  );
}

function collect(value: unknown, agent: string | undefined, key: string | undefined, depth: number): Found[] {
  if (depth > 5) return [];
  if (Array.isArray(value)) return value.flatMap((one) => collect(one, agent, undefined, depth + 1));
  if (!isRecord(value)) return [];
  if (value['document'] !== undefined)
    return collect(value['document'], text(value, ['agent']) ?? agent, key, depth + 1);
  if (Array.isArray(value['agents']) || isRecord(value['agents'])) {
    const agents = Object.entries(value['agents']);
    return agents.flatMap(([name, one]) => {
      const named = isRecord(one) ? text(one, ['name', 'agent', 'id']) : undefined;
      const inside =
        isRecord(one) && named !== undefined ? (skillLists.map((list) => one[list]).find(Boolean) ?? []) : one;
      return collect(inside, named ?? (Array.isArray(value['agents']) ? agent : name), undefined, depth + 1);
    });
  }
  const list = skillLists.find((one) => Array.isArray(value[one]) || (isRecord(value[one]) && !looksLikeSkill(value)));
  if (list !== undefined) return collect(value[list], text(value, ['agent', 'name']) ?? agent, undefined, depth + 1);
  if (looksLikeSkill(value))
    return [{ record: value, agent: text(value, ['agent', 'agentName', 'server', 'owner']) ?? agent, key }];
  return Object.entries(value).flatMap(([name, one]) => collect(one, agent, name, depth + 1));
}

/** The contracts in any parsed JSON. What is no contract is left out; names of ours are unique for each agent. */
export function readCatalogue(parsed: unknown): ForeignSkill[] {
  const taken = new Set<string>();
  return collect(parsed, undefined, undefined, 0).flatMap(({ record, agent: owner, key }): ForeignSkill[] => {
    const nested = isRecord(record['function']) ? record['function'] : record;
    const given = text(nested, ['name', 'id', 'skill', 'tool', 'intent']) ?? key ?? text(nested, ['title']);
    if (given === undefined) return [];
    const agent = owner ?? 'agent';
    let name = toName(given);
    for (let count = 2; taken.has(`${toName(agent)} ${name}`); count++) name = `${toName(given)}-${count}`;
    taken.add(`${toName(agent)} ${name}`);
    return [{ entry: { agent: toName(agent), document: documentOf(record, given, name) }, agent, skill: given }];
  });
}
