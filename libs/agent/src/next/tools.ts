// The skills that a model may choose, as the tools of its provider; and the two by which it asks.
import type { Effect, ModelTool, Next, NextSkill } from '@switchboard/contract';
import { conciseInput } from './concise-input.ts';

export const askPerson = 'ask-person';
export const askRole = 'ask-role';
const ownTools: readonly string[] = [askPerson, askRole];

const descriptionCharactersMax = 240;

/** What others wrote is read where these are. */
const openToOthers: ReadonlySet<string> = new Set(['mail', 'page', 'chat', 'api', 'records', 'database']);

function consequence({ class: kind, on }: Effect): string | undefined {
  if (kind === 'external') return 'reaches others: the person is asked first';
  if (kind === 'destructive') return 'cannot be undone: the person is asked first';
  if (kind === 'spend') return 'costs money: the person is asked first';
  if (kind === 'execute') return 'runs code';
  if (kind === 'read' && openToOthers.has(on)) return 'reads text of others';
  return undefined;
}

/** As many whole sentences as there is room for. */
function shorten(text: string): string {
  if (text.length <= descriptionCharactersMax) return text;
  const room = text.slice(0, descriptionCharactersMax);
  const end = Math.max(room.lastIndexOf('. '), room.lastIndexOf('; '));
  return end > 0 ? room.slice(0, end + 1) : `${room.toWellFormed()}…`;
}

function skillTool({ skill, description, effects, input }: NextSkill): ModelTool {
  const consequences = [...new Set(effects.flatMap((effect) => consequence(effect) ?? []))];
  const note = consequences.length === 0 ? '' : ` (${consequences.join('; ')})`;
  return { name: skill, description: `${shorten(description)}${note}`, input: conciseInput(input) };
}

const textField = (charactersMax: number) => ({ type: 'string', minLength: 1, maxLength: charactersMax });

/** The whole schemas of our own tools, by name: what a model is shown of them is concise as well. */
export function ownSchemas(roles: Next['roles']): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const shape = (properties: Record<string, unknown>) => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
  const schemas = new Map([[askPerson, shape({ text: textField(4_000) })]]);
  if (roles.length > 0) {
    const role = { type: 'string', enum: roles.map(({ agent }) => agent) };
    schemas.set(askRole, shape({ role, question: textField(4_000) }));
  }
  return schemas;
}

function ownTool(name: string, schema: Readonly<Record<string, unknown>>, roles: Next['roles']): ModelTool {
  const known = roles.map(({ agent, description }) => `${agent}: ${description.slice(0, 100).toWellFormed()}`);
  const description =
    name === askPerson
      ? 'Asks the person for what is missing.'
      : `Asks another role what it thinks; it does nothing. ${known.join(' ')}`.slice(0, 2_000).toWellFormed();
  return { name, description, input: conciseInput(schema) };
}

/** A skill that is called like a tool of ours cannot be offered: nobody could tell them apart. */
export function offeredSkills({ skills, stepsLeft }: Pick<Next, 'skills' | 'stepsLeft'>): NextSkill[] {
  return stepsLeft === 0 ? [] : skills.filter(({ skill }) => !ownTools.includes(skill));
}

/** None where there is nothing to be done: then it can only answer. */
export function toolsFor(question: Next): ModelTool[] {
  const skills = offeredSkills(question);
  if (skills.length === 0) return [];
  const own = [...ownSchemas(question.roles)].map(([name, schema]) => ownTool(name, schema, question.roles));
  return [...skills.map(skillTool), ...own];
}
