// Measures the router on a catalogue and labelled sentences: `node services/router/test/evaluate.ts household [show] [silent]`.
import { readFileSync } from 'node:fs';
import type { EffectClass, RouteDecision } from '@switchboard/contract';
import { type CatalogueIndex, decide, indexCatalogue, readCatalogue } from '../src/index.ts';

export interface LabelledQuery {
  readonly text: string;
  /** The right skill, for a sentence that must be understood. */
  readonly skill?: string;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly style?: 'plain' | 'oblique';
  /** refuse: no skill fits. ask: more than one does. guard: it must not be routed to `skills`. */
  readonly expect?: 'refuse' | 'ask' | 'guard';
  readonly skills?: readonly string[];
}

export interface Outcome {
  readonly query: LabelledQuery;
  readonly decision: RouteDecision;
  readonly verdict: 'right' | 'asked-right' | 'asked-wrong' | 'wrong' | 'refused';
  readonly ms: number;
}

function lines<T>(name: string): T[] {
  const text = readFileSync(new URL(`./data/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** `silent` leaves the utterances out: names, titles, descriptions and schemas are all there is. */
export function loadCatalogue(name: string, silent = false): CatalogueIndex {
  const contracts = lines<Readonly<Record<string, unknown>>>(`${name}.catalogue`);
  const known = silent ? contracts.map((contract) => ({ ...contract, utterances: [] })) : contracts;
  return indexCatalogue(readCatalogue(known).map((one) => one.entry));
}

export const loadQueries = (name: string): LabelledQuery[] => lines(`${name}.queries`);

function namesAsked(decision: RouteDecision): string[] {
  if (decision.outcome !== 'ask') return [];
  const { question } = decision;
  return question.kind === 'choice' ? question.choices.map((choice) => choice.skill) : [question.skill];
}

function judge(query: LabelledQuery, decision: RouteDecision): Outcome['verdict'] {
  if (decision.outcome === 'refuse') return 'refused';
  if (decision.outcome === 'route') {
    const routed = decision.steps.map((step) => step.skill);
    if (query.expect === 'guard') return routed.some((skill) => query.skills?.includes(skill)) ? 'wrong' : 'right';
    return routed.length === 1 && routed[0] === query.skill ? 'right' : 'wrong';
  }
  const asked = namesAsked(decision);
  const wanted = query.skill === undefined ? (query.skills ?? asked) : [query.skill];
  return asked.some((skill) => wanted.includes(skill)) ? 'asked-right' : 'asked-wrong';
}

export function evaluate(index: CatalogueIndex, queries: readonly LabelledQuery[]): Outcome[] {
  return queries.map((query) => {
    const started = performance.now();
    const decision = decide({ v: 1, text: query.text, recent: [] }, index, { now: new Date('2030-01-02T10:00:00Z') });
    return { query, decision, verdict: judge(query, decision), ms: performance.now() - started };
  });
}

const same = (a: unknown, b: unknown): boolean =>
  String(a).toLowerCase().replace(/^the /, '').trim() === String(b).toLowerCase().replace(/^the /, '').trim();

function slots(outcomes: readonly Outcome[]): { right: number; total: number } {
  let [right, total] = [0, 0];
  for (const { query, decision, verdict } of outcomes) {
    if (verdict !== 'right' || decision.outcome !== 'route' || query.input === undefined) continue;
    for (const [name, value] of Object.entries(query.input)) {
      total += 1;
      if (same(decision.steps[0]?.input[name], value)) right += 1;
    }
  }
  return { right, total };
}

export interface Figures {
  readonly inScope: Record<
    'plain' | 'oblique',
    { n: number; right: number; askedRight: number; wrong: number; refused: number }
  >;
  readonly outOfScope: { n: number; refused: number; asked: number; routed: number };
  readonly ambiguous: { n: number; asked: number; routed: number };
  readonly guarded: { n: number; held: number };
  /** Routed to something destructive that was not asked for. */
  readonly wrongDestructive: number;
  readonly slots: { right: number; total: number };
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export function figures(index: CatalogueIndex, outcomes: readonly Outcome[]): Figures {
  const count = (some: readonly Outcome[], verdict: Outcome['verdict']): number =>
    some.filter((one) => one.verdict === verdict).length;
  const style = (name: string) => {
    const some = outcomes.filter(({ query }) => query.style === name);
    const [right, askedRight] = [count(some, 'right'), count(some, 'asked-right')];
    return { n: some.length, right, askedRight, wrong: count(some, 'wrong'), refused: count(some, 'refused') };
  };
  const of = (expect: string): Outcome[] => outcomes.filter(({ query }) => query.expect === expect);
  const effect = new Map<string, EffectClass>(index.skills.map((skill) => [skill.name, skill.effect]));
  const destructive = outcomes.filter(
    ({ verdict, decision }) =>
      verdict === 'wrong' &&
      decision.outcome === 'route' &&
      decision.steps.some((step) => effect.get(step.skill) === 'destructive'),
  );
  const times = outcomes.map((one) => one.ms).sort((a, b) => a - b);
  const outside = of('refuse');
  const unclear = of('ask');
  const guards = of('guard');
  return {
    inScope: { plain: style('plain'), oblique: style('oblique') },
    outOfScope: {
      n: outside.length,
      refused: count(outside, 'refused'),
      asked: count(outside, 'asked-right') + count(outside, 'asked-wrong'),
      routed: count(outside, 'wrong'),
    },
    ambiguous: {
      n: unclear.length,
      asked: count(unclear, 'asked-right') + count(unclear, 'asked-wrong'),
      routed: unclear.filter(({ decision }) => decision.outcome === 'route').length,
    },
    guarded: { n: guards.length, held: guards.length - count(guards, 'wrong') },
    wrongDestructive: destructive.length,
    slots: slots(outcomes),
    p50Ms: times[Math.floor(times.length * 0.5)] ?? 0,
    p95Ms: times[Math.floor(times.length * 0.95)] ?? 0,
  };
}

function say({ query, decision, verdict }: Outcome): string {
  const routed =
    decision.outcome === 'route' ? decision.steps.map((step) => `${step.skill} ${JSON.stringify(step.input)}`) : [];
  const wanted = query.skill ?? query.expect ?? '';
  return `${verdict.padEnd(11)} ${decision.stage.padEnd(7)} ${query.text} | ${wanted} | ${[...routed, ...namesAsked(decision)].join(', ')}`;
}

if (import.meta.main) {
  const [name = 'household', show = '', silent = ''] = process.argv.slice(2);
  const started = performance.now();
  const index = loadCatalogue(name, silent !== '');
  const builtMs = Math.round(performance.now() - started);
  const queries = loadQueries(name);
  evaluate(index, queries);
  const outcomes = evaluate(index, queries);
  if (show === 'slots') {
    for (const { query, decision, verdict } of outcomes) {
      if (verdict !== 'right' || decision.outcome !== 'route') continue;
      const got = decision.steps[0]?.input ?? {};
      const off = Object.entries(query.input ?? {}).filter(([key, value]) => !same(got[key], value));
      if (off.length > 0)
        console.log(`${decision.stage} ${query.text} | ${JSON.stringify(query.input)} | ${JSON.stringify(got)}`);
    }
  }
  for (const outcome of outcomes)
    if (show !== '' && (show === 'all' || outcome.verdict === show)) console.log(say(outcome));
  console.log(
    JSON.stringify({ catalogue: name, skills: index.skills.length, builtMs, ...figures(index, outcomes) }, null, 1),
  );
}
