// The three answers of the router in the words of the contract: route, ask, refuse.
import { type Candidate, type PlanRest, planStepsMax, type RouteDecision } from '@switchboard/contract';
import type { Field } from './fields.ts';
import { missingOf } from './fill.ts';
import type { RoutableSkill } from './routable.ts';
import type { Scored } from './scoring.ts';
import { asExample } from './spoken.ts';
import { Gift, inOrder, plannedInput, plannedStep, type Step } from './steps.ts';

export type Stage = RouteDecision['stage'];
export interface Grounds {
  readonly stage: Stage;
  readonly reason: string;
  readonly candidates: readonly Candidate[];
}

const choicesMax = 5;

/** Cuts a text to a number of UTF-16 units, between characters. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export function candidate(skill: RoutableSkill, score: number, why: string): Candidate {
  const bounded = Math.min(1, Math.max(0, Number.isFinite(score) ? score : 0));
  return { agent: skill.agent, skill: skill.name, title: skill.title, score: bounded, why: clip(why, 300) };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** What was considered by words, with what speaks for each. */
export function scoredCandidates(scored: readonly Scored[]): Candidate[] {
  return scored.slice(0, 8).map((one) => {
    const near = one.loose ? `, nearest to “${asExample(one.loose.pattern.source)}”` : '';
    return candidate(one.skill, one.score, `words ${percent(one.words)}, explains ${percent(one.coverage)}${near}`);
  });
}

function common({ stage, reason, candidates }: Grounds) {
  return { v: 1 as const, stage, reason: clip(reason, 500), candidates: candidates.slice(0, 8) };
}

/** Routes to the steps and to those that give to them. */
export function route(steps: readonly Step[], grounds: Grounds): RouteDecision {
  const ordered = inOrder(steps);
  if (ordered.length > planStepsMax) {
    const text = `That is ${ordered.length} steps; at most ${planStepsMax} can be done at once.`;
    return refuse(text, [], { ...grounds, reason: 'Too many steps' });
  }
  return { ...common(grounds), outcome: 'route', steps: ordered.map((step) => plannedStep(step, ordered)) };
}

/** How one step of a plan is told in a question: its input, and what else the plan holds. */
function inPlan(step: Step, steps: readonly Step[]): { arguments: Record<string, unknown>; rest?: PlanRest } {
  const ordered = inOrder(steps);
  const [own, planned] = [plannedInput(step, ordered), ordered.map((one) => plannedStep(one, ordered))];
  const at = ordered.indexOf(step);
  return planned.length < 2
    ? { arguments: own }
    : { arguments: own, rest: { before: planned.slice(0, at), after: planned.slice(at + 1) } };
}

/** Asks for one missing field of one of the steps in plain words. `problem` says what was wrong with the last answer. */
export function askInput(
  steps: readonly Step[],
  step: Step,
  field: Field,
  grounds: Grounds,
  problem = '',
): RouteDecision {
  const { skill } = step;
  const hint = field.description === '' ? '' : ` (${clip(field.description, 160)})`;
  const options = field.options.length === 0 ? '' : ` One of: ${clip(field.options.join(', '), 120)}.`;
  const text = clip(`${problem}${skill.title}: what is the ${field.label}?${hint}${options}`, 500);
  const question = {
    kind: 'input' as const,
    text,
    agent: skill.agent,
    skill: skill.name,
    field: field.name,
    ...inPlan(step, steps),
  };
  return { ...common(grounds), outcome: 'ask', question };
}

/** Routes when no step lacks anything, and otherwise asks for the first thing that is missing. */
export function routeOrAsk(
  steps: readonly Step[],
  complete: Grounds,
  lacking: (skill: RoutableSkill, field: Field) => Grounds,
): RouteDecision {
  for (const step of inOrder(steps)) {
    const [field] = missingOf(step.skill, step.input);
    if (field) return askInput(steps, step, field, lacking(step.skill, field));
  }
  return route(steps, complete);
}

function labelOf({ skill, input }: Step): string {
  const said = Object.values(input)
    .flat()
    .map((value) => (value instanceof Gift ? labelOf(value.step) : value))
    .filter((value) => typeof value === 'string' || typeof value === 'number');
  return clip(
    said.length === 0 ? skill.title : `${skill.title}: ${said.map((value) => clip(String(value), 60)).join(', ')}`,
    200,
  );
}

/** Asks which of two to five skills is meant. */
export function askChoice(options: readonly Step[], grounds: Grounds): RouteDecision {
  const taken = new Set<string>();
  const labels = options.map(labelOf);
  const choices = options.slice(0, choicesMax).map((step, at) => {
    const plain = step.skill.name.slice(0, 60);
    const id = taken.has(plain) ? `${plain.slice(0, 55).replace(/-$/, '')}-${at + 1}` : plain;
    taken.add(id);
    const label = labels[at] ?? step.skill.title;
    const twice = labels.filter((other) => other === label).length > 1;
    const { agent, name } = step.skill;
    return {
      id,
      label: clip(twice ? `${label} (${name}, ${agent})` : label, 200),
      agent,
      skill: name,
      ...inPlan(step, [step]),
    };
  });
  return {
    ...common(grounds),
    outcome: 'ask',
    question: { kind: 'choice', text: 'Which of these do you mean?', choices },
  };
}

/** How to ask for a skill, for a person: its title and an example sentence. */
export function howTo(skill: RoutableSkill): string {
  const example = skill.document.utterances[0];
  return example === undefined ? skill.title : `${skill.title} (“${asExample(example)}”)`;
}

/** Refuses, and names what can be done instead. */
export function refuse(text: string, instead: readonly RoutableSkill[], grounds: Grounds): RouteDecision {
  const offers = instead.slice(0, 5).map(howTo).join('; ');
  const full = offers === '' ? text : `${text} What I can do: ${offers}.`;
  return { ...common(grounds), outcome: 'refuse', text: clip(full, 2000) };
}
