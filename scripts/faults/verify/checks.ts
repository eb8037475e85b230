// The promises, each held against the whole record of a run.
import type { LoggedSession } from '../load/turn-log.ts';
import type { Death } from '../stage/managed-process.ts';
import type { StruckFault } from '../storm/storm.ts';
import type { Effects } from './effects.ts';
import type { KeptSession } from './record.ts';
import { type Attempt, repeatOf, type TurnFacts } from './turn-facts.ts';

export interface Check {
  readonly name: string;
  readonly promise: string;
  /** What breaks the promise; empty when it is kept. */
  readonly broken: readonly string[];
}

export interface Evidence {
  readonly sessions: readonly LoggedSession[];
  readonly kept: readonly KeptSession[];
  readonly facts: readonly TurnFacts[];
  readonly effects: Effects;
  readonly deaths: readonly Death[];
  readonly faults: readonly StruckFault[];
  /** Session → what its follower saw out of place, and how far it came. */
  readonly followed: readonly { session: string; last: number; wrong: readonly string[] }[];
}

function outOfOrder<T>(items: readonly T[], rank: (item: T) => number): T[] {
  return items.filter((item, index) => index > 0 && rank(items[index - 1] ?? item) > rank(item));
}

/** `s12.3.1` is said in session `s12`, third. */
function place(key: string): { session: string; turn: number } {
  const [session = '', turn] = key.split('.');
  return { session, turn: Number(turn) };
}

function lost({ facts, sessions }: Evidence): string[] {
  const said = sessions.flatMap(({ turns }) => turns);
  const refused = said.filter(({ ids }) => ids.size === 0).map(({ key }) => `${key} was never accepted`);
  return [...refused, ...facts.filter(({ ends }) => ends.length === 0).map(({ said }) => `${said.key} has no end`)];
}

function endedTwice({ facts }: Evidence): string[] {
  return facts.filter(({ ends }) => ends.length > 1).map(({ said, ends }) => `${said.key}: ${ends.join(', ')}`);
}

function acceptedTwice({ facts, sessions, kept }: Evidence): string[] {
  const several = facts.filter(({ said }) => said.ids.size > 1).map(({ said }) => `${said.key}: ${[...said.ids]}`);
  const surplus = sessions.flatMap(({ id, turns }) => {
    const count = kept.find((session) => session.id === id)?.turns.length ?? 0;
    return count > turns.length ? [`session ${id} holds ${count} turns for ${turns.length} keys`] : [];
  });
  return [...several, ...surplus];
}

function doubled({ effects }: Evidence): string[] {
  return [...effects.counts].filter(([, count]) => count > 1).map(([key, count]) => `${key} happened ${count} times`);
}

function untrue({ facts, effects }: Evidence): string[] {
  return facts.flatMap(({ said, ends, error }) =>
    said.acts.flatMap(({ key, skill }) => {
      const count = effects.counts.get(key) ?? 0;
      if (repeatOf(skill) === 'safe') return count > 0 ? [`${key}: a look had an effect`] : [];
      if (ends[0] === 'completed') return count === 0 ? [`${key} is called completed and did not happen`] : [];
      const partial = said.acts.length > 1 || error === 'outcome-unknown';
      return count > 0 && !partial ? [`${key} is called ${error} and happened`] : [];
    }),
  );
}

function otherwiseEnded({ facts }: Evidence): string[] {
  return facts
    .filter(({ ends, error }) => ends[0] !== undefined && ends[0] !== 'completed' && error !== 'outcome-unknown')
    .map(({ said, ends, error }) => `${said.key} ended ${ends[0]}: ${error}`);
}

/** Whether the agent of an attempt died or was stopped while it ran. */
export function agentFell({ deaths, faults }: Evidence, { agent, startedAt, endedAt }: Attempt): boolean {
  const slackMs = 1_000;
  const within = (at: number): boolean => at >= startedAt - slackMs && at <= endedAt + slackMs;
  const died = deaths.some(({ name, at }) => name === agent && within(at));
  const stopped = faults.some(
    ({ kind, target, at, until }) =>
      kind === 'pause' && target === agent && at <= endedAt && until >= startedAt - slackMs,
  );
  return died || stopped;
}

function unexplained(evidence: Evidence): string[] {
  return evidence.facts
    .filter(({ error }) => error === 'outcome-unknown')
    .flatMap(({ said, attempts }) => {
      const unknown = attempts.filter(({ state }) => state === 'unknown');
      const explained = unknown.length > 0 && unknown.every((attempt) => agentFell(evidence, attempt));
      return explained ? [] : [`${said.key} is unknown although its agent neither died nor stopped`];
    });
}

function reordered({ kept, facts, effects }: Evidence): string[] {
  const turnOf = new Map(facts.map(({ id, said }) => [id, place(said.key).turn]));
  const ends = kept.flatMap(({ events }) => {
    const ended = events.filter(({ type }) => /^turn-(completed|failed)$/.test(type));
    return outOfOrder(ended, ({ turn }) => turnOf.get(turn ?? '') ?? 0).map(({ id }) => `event ${id} is out of order`);
  });
  const acts = effects.orders.flatMap((order) => {
    const bySession = Map.groupBy(order, (key) => place(key).session);
    return [...bySession.values()].flatMap((keys) => outOfOrder(keys, (key) => place(key).turn));
  });
  return [...ends, ...acts.map((key) => `effect ${key} is out of order`)];
}

function gaps(name: string, events: readonly { seq: number }[], last: number): string[] {
  const wrong = events.filter(({ seq }, index) => seq !== index + 1).slice(0, 1);
  if (wrong.length > 0) return [`session ${name}: ${wrong[0]?.seq} is not where it belongs`];
  return events.length === last ? [] : [`session ${name} ends at ${events.length} instead of ${last}`];
}

/** Where the stream, read as consumers do, is not the record. */
export function copyWrong({ kept }: Pick<Evidence, 'kept'>): string[] {
  return kept.flatMap(({ id, events, copied }) => {
    let last = 0;
    // As every consumer does: what is not newer than the last one seen has been told before.
    const seen = copied.filter(({ seq }) => {
      const fresh = seq > last;
      last = Math.max(last, seq);
      return fresh;
    });
    return gaps(id, seen, events.length);
  });
}

function followedWrong({ kept, followed }: Evidence): string[] {
  return followed.flatMap(({ session, last, wrong }) => {
    const count = kept.find(({ id }) => id === session)?.events.length ?? 0;
    const short = last === count ? [] : [`session ${session} was told ${last} of ${count} events`];
    return [...wrong.map((what) => `session ${session}: ${what}`), ...short];
  });
}

export function checkAll(evidence: Evidence): Check[] {
  const { kept } = evidence;
  const inPostgres = kept.flatMap(({ id, events }) => gaps(id, events, events.length));
  return [
    { name: 'lost', promise: 'every accepted turn has an end', broken: lost(evidence) },
    { name: 'one-end', promise: 'every turn has one end', broken: endedTwice(evidence) },
    { name: 'one-turn', promise: 'one key makes one turn', broken: acceptedTwice(evidence) },
    { name: 'doubled', promise: 'no effect happens twice', broken: doubled(evidence) },
    {
      name: 'true',
      promise: 'what is called completed happened, what is called failed did not',
      broken: untrue(evidence),
    },
    { name: 'ends', promise: 'a turn is completed, or its outcome is unknown', broken: otherwiseEnded(evidence) },
    {
      name: 'unknown',
      promise: 'an unknown outcome means that the agent fell in mid-effect',
      broken: unexplained(evidence),
    },
    { name: 'order', promise: 'effects and ends of a session come in order', broken: reordered(evidence) },
    { name: 'record', promise: 'the record has no gap', broken: inPostgres },
    { name: 'copy', promise: 'the stream is the record, repeats apart', broken: copyWrong(evidence) },
    {
      name: 'followed',
      promise: 'a client that follows sees every event once, in order',
      broken: followedWrong(evidence),
    },
  ];
}
