// What a model is told of the skills that a turn may use, and of the roles that it may ask.
import type { Next, NextSkill, RouteDecision } from '@switchboard/contract';
import type { Directory, OfferedSkill } from '../directory.ts';
import { isForEverybody } from '../known-agents.ts';

export type Led = Extract<RouteDecision, { outcome: 'drive' }>;

function fieldsOf({ properties }: Readonly<Record<string, unknown>>): string[] {
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).slice(0, 100) : [];
}

/** Who is asked what now: whom the decision names, or who leads where nothing speaks for another. */
export function leadOf(
  { directory, settings }: { readonly directory: Directory; readonly settings: { readonly leadAgent: string } },
  { agent }: Led,
): string {
  if (agent !== undefined) return agent;
  const { leadAgent } = settings;
  if (directory.agent(leadAgent)) return leadAgent;
  // A router that knows no agent refuses: there is one.
  return directory.agents()[0]?.hello.name ?? leadAgent;
}

/** The skills of the decision as their agents offer them now: what is gone, or cannot be done here, is left out. */
export function offeredSkills(directory: Directory, { skills }: Led): OfferedSkill[] {
  return skills.flatMap(({ agent, skill, contractHash }) => {
    const known = directory.skill(skill);
    const same = known?.agent === agent && known.document.contractHash === contractHash;
    return same && known.unavailable === undefined ? [known] : [];
  });
}

export function describeSkills(offered: readonly OfferedSkill[]): NextSkill[] {
  return offered.map(({ agent, document }) => ({
    agent,
    skill: document.name,
    description: document.description,
    input: document.input,
    gives: fieldsOf(document.output),
    effects: document.effects,
  }));
}

/** All that are here but the one who leads. */
export function otherRoles(directory: Directory, lead: string): Next['roles'] {
  return directory
    .agents()
    .filter(({ hello, state, skills }) => hello.name !== lead && state === 'here' && skills.some(isForEverybody))
    .slice(0, 16)
    .map(({ hello }) => ({ agent: hello.name, description: hello.description }));
}
