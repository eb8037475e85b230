// What policy says of one step: a pure function of the rules, the contract's effects, and what has been read before.
import type { Effect, PolicyDecision, Trust, Verdict } from '@switchboard/contract';
import { builtInRules } from './built-in-rules.ts';
import type { Conditions, Policy, PolicyRule } from './policy-file.ts';

const strictness: Readonly<Record<Verdict, number>> = { allow: 0, ask: 1, deny: 2 };

/** Capabilities that run code where it can reach nothing but the workspace: an agent hosts them no other way. */
const sandboxes: ReadonlySet<string> = new Set(['shell']);

/** Leaves the house, cannot be undone, costs money, or runs code that could do any of it. */
export function isGrave({ class: effectClass, on }: Effect): boolean {
  if (effectClass === 'execute') return !sandboxes.has(on);
  return effectClass === 'external' || effectClass === 'destructive' || effectClass === 'spend';
}

export interface PolicyQuestion {
  readonly agent: string;
  readonly skill: string;
  readonly effects: readonly Effect[];
  /** The name of whoever the turn belongs to. */
  readonly principal: string;
  readonly trust: Trust;
}

interface Ruling {
  readonly decision: Verdict;
  readonly rule: string;
}

function holds(given: Conditions, question: PolicyQuestion, effect: Effect | undefined): boolean {
  const { agent, skill, principal, trust } = question;
  const facts = { agent, skill, principal, trust, effect: effect?.class, on: effect?.on };
  const names = Object.keys(facts) as (keyof typeof facts)[];
  return names.every((name) => {
    const wanted: readonly string[] | undefined = given[name];
    const fact = facts[name];
    return wanted === undefined || (fact !== undefined && wanted.includes(fact));
  });
}

function speaksOf(rule: PolicyRule, question: PolicyQuestion, effect: Effect | undefined): boolean {
  return holds(rule, question, effect) && !(rule.except && holds(rule.except, question, effect));
}

/** The first of the strictest. */
function strictest([first, ...rest]: readonly [Ruling, ...Ruling[]]): Ruling {
  return rest.reduce((most, one) => (strictness[one.decision] > strictness[most.decision] ? one : most), first);
}

function rulingOn({ rules }: Policy, question: PolicyQuestion, effect: Effect | undefined): Ruling {
  const [first, ...rest] = rules
    .filter((rule) => speaksOf(rule, question, effect))
    .map(({ rule, decide }) => ({ rule, decision: decide }));
  if (first) return strictest([first, ...rest]);
  if (effect === undefined) return { decision: 'allow', rule: builtInRules.harmless };
  return { decision: 'ask', rule: builtInRules.unspoken };
}

/**
 * Decides over every effect alone, and the strictest counts. The rule of two: once text that somebody else wrote has been
 * read, nothing grave is done without a person, whatever the rules allow.
 */
export function decide(policy: Policy, question: PolicyQuestion): PolicyDecision {
  const { effects, trust } = question;
  const [first, ...rest] = effects.map((effect) => rulingOn(policy, question, effect));
  const ruling = first ? strictest([first, ...rest]) : rulingOn(policy, question, undefined);
  const ruledByTwo = trust === 'untrusted' && ruling.decision === 'allow' && effects.some(isGrave);
  const { decision, rule } = ruledByTwo ? { decision: 'ask' as const, rule: builtInRules.ruleOfTwo } : ruling;
  return { decision, rule, trust, effects: effects.map((effect) => ({ ...effect })) };
}
