// F01 and F18: the storm over everything at once, and those who follow it.
import { type StormResult, storm } from '../storm/run-storm.ts';
import type { StruckFault } from '../storm/storm.ts';
import { agentFell } from '../verify/checks.ts';
import { repeatOf } from '../verify/turn-facts.ts';
import type { Row, RowResult } from './row.ts';

const msPerFault = 1_500;
const quietMsMin = 120_000;
/** A backlog may be left when the storm is over. */
const quietMsPerTurn = 60;

const countBy = <T>(items: readonly T[], name: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, name)].map(([key, group]) => [key, group.length]));

/** Of the attempts whose agent fell in mid-effect: how many, and how many of them nobody can tell about. */
function interrupted({ evidence }: StormResult): Record<string, string> {
  const fallen = evidence.facts.flatMap(({ attempts }) => attempts.filter((attempt) => agentFell(evidence, attempt)));
  const byKind = Map.groupBy(fallen, ({ skill }) => (skill === 'append-file' ? 'shipped file skill' : repeatOf(skill)));
  return Object.fromEntries(
    [...byKind].map(([kind, attempts]) => {
      const unknown = attempts.filter(({ state }) => state === 'unknown').length;
      return [kind, `${unknown} unknown of ${attempts.length}`];
    }),
  );
}

function figuresOf(result: StormResult): Record<string, unknown> {
  const { evidence, posts, drainMs, connections, settings } = result;
  const { facts, faults, deaths, effects } = evidence;
  const attempts = facts.flatMap((turn) => turn.attempts);
  const open = faults.map((fault) => fault.open);
  return {
    turns: facts.length,
    sessions: settings.sessions,
    faults: countBy(faults, ({ kind }) => kind),
    inFlightAtFaults: {
      mean: Math.round(open.reduce((sum, count) => sum + count, 0) / Math.max(1, open.length)),
      idle: open.filter((count) => count === 0).length,
    },
    ends: countBy(facts, ({ ends, error }) => error ?? ends[0] ?? 'none'),
    unknownByKind: countBy(
      attempts.filter(({ state }) => state === 'unknown'),
      ({ skill }) => repeatOf(skill),
    ),
    interrupted: interrupted(result),
    attempts: attempts.length,
    attemptsByState: countBy(attempts, ({ state }) => state),
    putAgain: effects.putAgain,
    posts: posts.posts,
    twins: posts.twins,
    eventStreams: connections,
    diedByThemselves: countBy(
      deaths.filter(({ wanted }) => !wanted),
      ({ name, how }) => `${name} ${how}`,
    ),
    drainMs,
    promises: Object.fromEntries(result.checks.map(({ name, broken }) => [name, broken.length])),
  };
}

const told = ({ kind, target, durationMs, open, running }: StruckFault): string =>
  `  ${kind} ${target}${durationMs > 0 ? ` for ${durationMs} ms` : ''} with ${open} turns open, ${running} skills running`;

function resultOf(result: StormResult): RowResult {
  const broken = result.checks.flatMap((check) =>
    check.broken.slice(0, 5).map((what) => `${check.promise}: ${what} (of ${check.broken.length})`),
  );
  const kept = broken.length > 0 ? { folder: result.folder } : {};
  return { broken, figures: { ...figuresOf(result), ...kept }, details: { faults: result.evidence.faults } };
}

export const stormRow: Row = {
  id: 'F01',
  title: 'a storm: nothing lost, doubled, reordered, or unexplained',
  async run({ options, say }) {
    const spanMs = options.span === undefined ? options.faults * msPerFault : options.span * 1_000;
    const { seed, turns, sessions, faults } = options;
    const quietMs = Math.max(quietMsMin, turns * quietMsPerTurn);
    const settings = { prefix: 's', seed, turns, sessions, faults, spanMs, quietMs };
    return resultOf(await storm({ ...settings, onFault: (fault) => say(told(fault)) }));
  },
};

export const spokenStormRow: Row = {
  id: 'F01r',
  title: 'a storm over the router and the file skills of the product, in sentences',
  async run({ options }) {
    const size = { turns: 600, sessions: 40, faults: 40 } as const;
    const spanMs = size.faults * msPerFault;
    const seed = `${options.seed} spoken`;
    return resultOf(await storm({ prefix: 's', seed, ...size, spanMs, quietMs: quietMsMin, spoken: true }));
  },
};
