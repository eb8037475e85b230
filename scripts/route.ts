// `npm run route -- --catalogue FILE --queries FILE`: what the router decides for each sentence, one JSON line each. With
// `--model`: what it would leave to a language model, and with which skills; none is asked.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { RouteDecision } from '../libs/contract/src/index.ts';
import { explain, type ForeignSkill, indexCatalogue, readCatalogue } from '../services/router/src/index.ts';

const usage = 'usage: npm run route -- --catalogue FILE --queries FILE [--model]';
const charactersMax = 10_000;

/** Said on stderr; the exit code is 2. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Query {
  readonly text: string;
  /** The whole object the sentence came in, passed on as `given`. */
  readonly given?: Readonly<Record<string, unknown>>;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON, or one JSON value a line; undefined when it is neither. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    try {
      return lines.map((line): unknown => JSON.parse(line));
    } catch {
      return undefined;
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toQuery(value: unknown): Query {
  if (typeof value === 'string') return { text: value };
  if (!isRecord(value))
    throw new UsageError(`a query must be a sentence or an object with one: ${JSON.stringify(value)}`);
  const said = ['text', 'query', 'input', 'utterance', 'sentence', 'q'].map((key) => value[key]);
  const text = said.find((one) => typeof one === 'string');
  if (text === undefined) throw new UsageError(`a query has no text: ${JSON.stringify(value).slice(0, 200)}`);
  return { text, given: value };
}

function readQueries(text: string): Query[] {
  const trimmed = text.trim();
  const parsed = /^[[{"]/.test(trimmed) ? parseJson(text) : undefined;
  if (Array.isArray(parsed)) return parsed.map(toQuery);
  if (isRecord(parsed)) {
    const list = ['queries', 'items', 'sentences', 'examples'].map((key) => parsed[key]).find(Array.isArray);
    return list ? list.map(toQuery) : [toQuery(parsed)];
  }
  if (typeof parsed === 'string') return [toQuery(parsed)];
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map(toQuery);
}

/** Our names back to the names the catalogue uses. */
function naming(foreign: readonly ForeignSkill[]) {
  const names = new Map(foreign.map((one) => [`${one.entry.agent} ${one.entry.document.name}`, one]));
  return (agent: string, skill: string) => {
    const found = names.get(`${agent} ${skill}`);
    return { agent: found?.agent ?? agent, skill: found?.skill ?? skill };
  };
}

/** Who leads a turn that is left to a model, by the catalogue's name. */
function leader({ agent, skills }: Extract<RouteDecision, { outcome: 'drive' }>, named: ReturnType<typeof naming>) {
  const first = skills.find((one) => one.agent === agent);
  return first ? named(first.agent, first.skill).agent : (agent ?? null);
}

function toLine(query: Query, decision: RouteDecision, named: ReturnType<typeof naming>, ms: number): object {
  const steps =
    decision.outcome === 'route'
      ? decision.steps.map((step) => ({ ...named(step.agent, step.skill), input: step.input }))
      : [];
  const asked = decision.outcome === 'ask' ? decision.question : undefined;
  const driven =
    decision.outcome === 'drive' ? decision.skills.map((one) => named(one.agent, one.skill).skill) : undefined;
  const meant = asked?.kind === 'input' ? { ...named(asked.agent, asked.skill), input: asked.arguments } : steps[0];
  const choices =
    asked?.kind === 'choice' ? asked.choices.map((one) => ({ ...one, ...named(one.agent, one.skill) })) : undefined;
  return {
    query: query.text,
    outcome: decision.outcome,
    agent: meant?.agent ?? (decision.outcome === 'drive' ? leader(decision, named) : null),
    skill: meant?.skill ?? null,
    skills:
      driven ??
      choices?.map((one) => one.skill) ??
      (meant && steps.length === 0 ? [meant.skill] : steps.map((step) => step.skill)),
    input: meant?.input ?? null,
    steps,
    question: asked
      ? {
          ...asked,
          ...(choices ? { choices } : {}),
          ...(asked.kind === 'input' ? named(asked.agent, asked.skill) : {}),
        }
      : null,
    text: decision.outcome === 'refuse' ? decision.text : null,
    candidates: decision.candidates.map((one) => ({ ...one, ...named(one.agent, one.skill) })),
    stage: decision.stage,
    reason: decision.reason,
    ms: Math.round(ms * 1000) / 1000,
    ...(query.given ? { given: query.given } : {}),
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      catalogue: { type: 'string' },
      catalog: { type: 'string' },
      queries: { type: 'string' },
      model: { type: 'boolean' },
    },
  });
  const file = values.catalogue ?? values.catalog;
  if (file === undefined || values.queries === undefined) throw new UsageError(usage);
  const parsed = parseJson(read(file));
  if (parsed === undefined) throw new UsageError(`${file} is neither JSON nor JSON Lines`);
  const foreign = readCatalogue(parsed);
  const queries = readQueries(read(values.queries));
  const index = indexCatalogue(foreign.map((one) => one.entry));
  for (const problem of index.problems) {
    console.error(`${problem.skill}: left out the utterance “${problem.utterance}”: ${problem.why}`);
  }
  const named = naming(foreign);
  const now = new Date();
  for (const query of queries) {
    const started = performance.now();
    const request = { v: 1 as const, text: query.text.slice(0, charactersMax), recent: [] };
    const decision = explain(values.model ? { ...request, model: { said: [] } } : request, index, { now });
    const line = toLine(query, decision, named, performance.now() - started);
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
