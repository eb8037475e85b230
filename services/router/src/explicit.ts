// The explicit stage: a skill or agent that is named, by the caller or at the start of the sentence.
import type { RouteRequest } from '@switchboard/contract';
import { isRecord } from './fields.ts';
import type { RoutableSkill } from './routable.ts';

/** What the request or its text names. `unknown` is what was named and is not here. */
export interface Address {
  readonly skills: readonly RoutableSkill[] | undefined;
  readonly agent: string | undefined;
  readonly unknown: string | undefined;
  /** The text without the address. */
  readonly rest: string;
}

/** Longer values are given as JSON. */
const pairsCharactersMax = 2000;

const slash = /^\s*\/([a-z0-9]+(?:-[a-z0-9]+)*)(?=\s|$)/;
const at = /^\s*@([a-z0-9]+(?:-[a-z0-9]+)*)[,:]?(?=\s|$)/;
const colon = /^\s*([a-z0-9]+(?:-[a-z0-9]+)*):(?=\s|$)/;
const bare = /^\s*([a-z0-9]+(?:-[a-z0-9]+)+)(?=\s|$)/;

function named(skills: readonly RoutableSkill[], name: string, agent: string | undefined): readonly RoutableSkill[] {
  return skills.filter((skill) => skill.name === name && (agent === undefined || skill.agent === agent));
}

/** Reads who is addressed. An `@name` that is no agent here counts as text when `request.agent` is given. */
export function readAddress(request: RouteRequest, skills: readonly RoutableSkill[]): Address {
  let { agent, text: rest } = request;
  if (request.skill !== undefined) {
    const found = named(skills, request.skill, agent);
    return { skills: found, agent, unknown: found.length > 0 ? undefined : request.skill, rest };
  }
  const called = at.exec(rest);
  if (called && agent === undefined) {
    agent = called[1] ?? '';
    rest = rest.slice(called[0].length).trim();
  }
  if (agent !== undefined && !skills.some((skill) => skill.agent === agent)) {
    return { skills: undefined, agent, unknown: `@${agent}`, rest };
  }
  const command = slash.exec(rest);
  if (command) {
    const found = named(skills, command[1] ?? '', agent);
    const after = rest.slice(command[0].length).trim();
    return { skills: found, agent, unknown: found.length > 0 ? undefined : `/${command[1]}`, rest: after };
  }
  for (const form of [colon, bare]) {
    const word = form.exec(rest);
    const found = word ? named(skills, word[1] ?? '', agent) : [];
    if (word && found.length > 0)
      return { skills: found, agent, unknown: undefined, rest: rest.slice(word[0].length).trim() };
  }
  return { skills: undefined, agent, unknown: undefined, rest };
}

/** Arguments written out after a command: a JSON object, or `name=value` pairs. Undefined when it is neither. */
export function readArguments(rest: string, skill: RoutableSkill): Record<string, unknown> | undefined {
  if (rest.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(rest);
      return isRecord(parsed) ? { ...parsed } : undefined;
    } catch {
      return undefined;
    }
  }
  if (rest.length > pairsCharactersMax || !rest.includes('=')) return undefined;
  const pairs = [...rest.matchAll(/([A-Za-z][\w-]*)=(?:"([^"]*)"|(\S+))(?:\s+|$)/g)];
  const known = pairs.filter((pair) => skill.fields.some((field) => field.name === pair[1]));
  if (
    known.length === 0 ||
    known
      .map((pair) => pair[0])
      .join('')
      .trim() !== rest.trim()
  )
    return undefined;
  return Object.fromEntries(known.map((pair) => [pair[1] ?? '', pair[2] ?? pair[3] ?? '']));
}
