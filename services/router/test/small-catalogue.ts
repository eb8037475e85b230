// A small catalogue that the router's tests share: files, mail, a shop and a calculator, with several classes of effect.
import { type EffectClass, hashJson, type RouteRequest, type SkillDocument } from '@switchboard/contract';
import { type CatalogueEntry, type CatalogueIndex, decide, indexCatalogue } from '../src/index.ts';

interface Sketch {
  readonly title: string;
  readonly effect: EffectClass;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  /** Properties of the output, all of them always there. */
  readonly output?: Readonly<Record<string, unknown>>;
  readonly utterances: readonly string[];
  readonly examples?: SkillDocument['examples'];
}

export function sketch(agent: string, name: string, given: Sketch): CatalogueEntry {
  const { title, effect, properties, utterances, examples } = given;
  const required = given.required ?? Object.keys(properties);
  const body = {
    name,
    version: '1.0.0',
    title,
    description: title,
    tags: [],
    input: { type: 'object', properties, required },
    output: { type: 'object', properties: given.output ?? {}, required: Object.keys(given.output ?? {}) },
    errors: {},
    effects: [{ class: effect, on: 'tests' }],
    repeat: 'once' as const,
    ingests: 'trusted' as const,
    timeoutMs: 1000,
    utterances: [...utterances],
    examples: examples ?? [],
    redact: [],
    requires: {},
  };
  return { agent, document: { ...body, contractHash: hashJson(body) } };
}

const path = { type: 'string', description: 'path of the file' };

export const smallCatalogue: readonly CatalogueEntry[] = [
  sketch('workstation', 'read-file', {
    title: 'Read a file',
    effect: 'read',
    properties: { path },
    utterances: ['read [the] [file] {path}', 'show [me] [the] file {path}', 'open {path}', 'what is in {path}'],
  }),
  sketch('workstation', 'write-file', {
    title: 'Write a file',
    effect: 'write',
    properties: { text: { type: 'string', description: 'the text to write' }, path },
    utterances: [
      'write {text} to [the] [file] {path}',
      'save {text} (as|in) {path}',
      'put {text} into [the] file {path}',
    ],
  }),
  sketch('workstation', 'delete-file', {
    title: 'Delete a file',
    effect: 'destructive',
    properties: { path },
    utterances: ['delete [the] [file] {path}', 'remove [the] [file] {path}', 'get rid of [the] file {path}'],
  }),
  sketch('workstation', 'move-file', {
    title: 'Move a file',
    effect: 'write',
    properties: {
      from: { type: 'string', description: 'path of the file' },
      to: { type: 'string', description: 'new path' },
    },
    utterances: ['move {from} to {to}', 'rename {from} to {to}'],
  }),
  sketch('workstation', 'search-files', {
    title: 'Search files',
    effect: 'read',
    properties: { query: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 50 } },
    required: ['query'],
    utterances: [
      'find {query}',
      'search for {query}',
      'search my files for {query}',
      'find {limit} files with {query}',
    ],
  }),
  sketch('workstation', 'run-command', {
    title: 'Run a command',
    effect: 'execute',
    properties: { command: { type: 'string' } },
    utterances: ['run {command}', 'execute [the] [command] {command}'],
  }),
  sketch('messenger', 'send-mail', {
    title: 'Send a mail',
    effect: 'external',
    properties: { to: { type: 'string', format: 'email' }, body: { type: 'string' } },
    utterances: [
      'send {body} to {to} by mail',
      'mail {body} to {to}',
      'write an email to {to} saying {body}',
      'email {to} {body}',
    ],
  }),
  sketch('messenger', 'set-channel', {
    title: 'Set the priority of a channel',
    effect: 'write',
    properties: { level: { enum: ['low', 'normal', 'high'] }, loud: { type: 'boolean' } },
    required: ['level'],
    utterances: [
      'set [the] priority to {level}',
      'make the channel {level} priority',
      'channel priority {level} with sound {loud}',
    ],
  }),
  sketch('business', 'merge-lists', {
    title: 'Merge lists',
    effect: 'write',
    properties: { names: { type: 'array', items: { type: 'string' } }, day: { type: 'string', format: 'date' } },
    required: ['names'],
    utterances: ['merge the lists {names}', 'combine the lists {names} on {day}', 'join lists {names}'],
  }),
];

export const smallIndex: CatalogueIndex = indexCatalogue(smallCatalogue);

export const ask = (text: string, more: Partial<RouteRequest> = {}, index: CatalogueIndex = smallIndex) =>
  decide({ v: 1, text, recent: [], ...more }, index, { now: new Date('2030-01-02T10:00:00Z') });

/** The steps of a route as `[skill, input]`; fails the test when it is none. */
export function steps(
  text: string,
  more: Partial<RouteRequest> = {},
  index: CatalogueIndex = smallIndex,
): [string, object][] {
  const decision = ask(text, more, index);
  if (decision.outcome !== 'route') throw new Error(`“${text}” was not routed: ${JSON.stringify(decision)}`);
  return decision.steps.map((step) => [step.skill, step.input]);
}
