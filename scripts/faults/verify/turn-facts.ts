// What the record says of each turn, put beside what its client said.
import type { Event, Repeat } from '@switchboard/contract';
import type { LoggedSession, LoggedTurn } from '../load/turn-log.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import type { KeptSession } from './record.ts';

export interface Attempt {
  readonly invocation: string;
  readonly agent: string;
  readonly skill: string;
  readonly step: number;
  readonly startedAt: number;
  endedAt: number;
  state: string;
}

export interface TurnFacts {
  readonly id: string;
  readonly said: LoggedTurn;
  /** Types of terminal events: exactly one is right. */
  readonly ends: string[];
  readonly attempts: Attempt[];
  error: string | undefined;
}

const terminal = /^turn-(completed|failed|canceled|rejected)$/;
const repeats = new Map<string, Repeat>((Object.entries(worldSkillOf) as [Repeat, string][]).map(([r, s]) => [s, r]));

/** What the contract of a skill that the suite uses says; the shipped file skills are reconcilable. */
export function repeatOf(skill: string): Repeat {
  return repeats.get(skill) ?? 'reconcilable';
}

function codeOf(data: Record<string, unknown>): string | undefined {
  const error = data['error'];
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function take(facts: TurnFacts, { type, data, time }: Event): void {
  const at = Date.parse(time);
  const invocation = String(data['invocation']);
  if (terminal.test(type)) {
    facts.ends.push(type.slice('turn-'.length));
    facts.error = codeOf(data);
  } else if (type === 'step-started') {
    const { agent, skill } = data;
    const place = { agent: String(agent), skill: String(skill), step: Number(data['step']) };
    facts.attempts.push({ invocation, ...place, startedAt: at, endedAt: Number.POSITIVE_INFINITY, state: 'started' });
  } else if (type === 'step-ended') {
    const attempt = facts.attempts.find((one) => one.invocation === invocation);
    if (attempt) Object.assign(attempt, { endedAt: at, state: String(data['state']) });
  }
}

/** In the order in which each session's turns were said. A turn that was never accepted has no facts. */
export function factsOf(sessions: readonly LoggedSession[], kept: readonly KeptSession[]): TurnFacts[] {
  const byId = new Map<string, TurnFacts>();
  const facts = sessions.flatMap(({ turns }) =>
    turns.flatMap((said): TurnFacts[] => {
      const [id] = said.ids;
      if (id === undefined) return [];
      const made: TurnFacts = { id, said, ends: [], attempts: [], error: undefined };
      byId.set(id, made);
      return [made];
    }),
  );
  for (const { events } of kept) {
    for (const event of events) {
      const turn = event.turn === null ? undefined : byId.get(event.turn);
      if (turn) take(turn, event);
    }
  }
  return facts;
}
