// Storms of one kind of fault on the shared stage: each must keep every promise by itself.

import { stormOn } from '../storm/run-storm.ts';
import type { PlannedFault, Targets } from '../storm/schedule.ts';
import { agentFell } from '../verify/checks.ts';
import { brokenPromises, countUnknown } from './kept-promises.ts';
import type { Row, RowResult } from './row.ts';

const quietMs = 60_000;

interface Focus {
  readonly id: string;
  readonly title: string;
  readonly faults: (targets: Targets) => readonly Omit<PlannedFault, 'atMs'>[];
  /** Between two faults. */
  readonly everyMs: number;
  readonly turns: number;
  /** Nothing may become unknown: nobody dies in mid-effect. */
  readonly certain?: boolean;
  readonly skillMsMax?: number;
}

function repeated<T>(times: number, faults: readonly T[]): T[] {
  return Array.from({ length: times }, () => faults).flat();
}

const links = (kind: 'link-cut' | 'link-silent', durationMs: number) => (targets: Targets) =>
  targets.links.map((target) => ({ kind, target, durationMs }));
const gateways = (kind: 'pause' | 'drain', times: number, durationMs: number) => (targets: Targets) =>
  repeated(
    times,
    targets.gateways.map((target) => ({ kind, target, durationMs })),
  );

/** The lease of a stage's gateways is 3 s. */
const focuses: readonly Focus[] = [
  {
    id: 'F04',
    title: 'the broker loses its disk ten times: the stream is whole again',
    faults: () => repeated(10, [{ kind: 'broker-wipe', target: 'broker', durationMs: 0 }]),
    everyMs: 2_000,
    turns: 200,
    certain: true,
  },
  {
    id: 'F05',
    title: 'gateways are stopped for three leases: what wakes up writes nothing',
    faults: gateways('pause', 2, 9_000),
    everyMs: 5_000,
    turns: 200,
    certain: true,
  },
  {
    id: 'F06',
    title: 'agents are stopped in mid-effect: what they had promised holds when they go on',
    faults: ({ agents }) =>
      repeated(
        4,
        agents.map((target) => ({ kind: 'pause', target, durationMs: 4_000 })),
      ),
    everyMs: 2_500,
    turns: 200,
    certain: true,
  },
  {
    id: 'F07a',
    title: 'each connection is cut for three seconds',
    faults: links('link-cut', 3_000),
    everyMs: 2_000,
    turns: 150,
    certain: true,
  },
  {
    id: 'F07b',
    title: 'each connection falls silent for eight seconds',
    faults: links('link-silent', 8_000),
    everyMs: 4_000,
    turns: 150,
    certain: true,
  },
  {
    id: 'F11',
    title: 'the database is stopped at once, and killed, twenty times',
    faults: () => {
      const fault = { target: 'database', durationMs: 0 };
      return repeated(10, [
        { kind: 'database-stop', ...fault },
        { kind: 'database-kill', ...fault },
      ]);
    },
    everyMs: 2_000,
    turns: 200,
    certain: true,
  },
  {
    id: 'F21',
    title: 'gateways, router and agents are told to end under load, again and again',
    faults: ({ gateways: [first, second = first], agents }) =>
      repeated(
        3,
        [first, second, 'router', ...agents].map((target) => ({ kind: 'drain', target, durationMs: 0 })),
      ),
    everyMs: 1_500,
    turns: 200,
    certain: true,
    skillMsMax: 1_500,
  },
];

export const focusedRows: readonly Row[] = focuses.map((focus) => ({
  id: focus.id,
  title: focus.title,
  async run({ options, stage }): Promise<RowResult> {
    const on = await stage();
    const { everyMs, turns, skillMsMax } = focus;
    let count = 0;
    const result = await stormOn(on, {
      prefix: `${focus.id.toLowerCase()}-`,
      seed: `${options.seed} ${focus.id}`,
      turns,
      sessions: 20,
      faults: 0,
      spanMs:
        everyMs * focus.faults({ gateways: ['', ''], agents: ['', ''], links: ['', '', '', '', '', '', ''] }).length,
      quietMs,
      plan: (targets) => focus.faults(targets).map((fault) => ({ ...fault, atMs: everyMs * count++ + everyMs / 2 })),
      ...(skillMsMax === undefined ? {} : { skillMsMax }),
    });
    const broken = brokenPromises(result);
    const { facts, faults } = result.evidence;
    const unknown = countUnknown(result);
    if (focus.certain && unknown > 0) broken.push(`${unknown} turns are unknown although nobody died in mid-effect`);
    const fallen = facts.flatMap(({ attempts }) => attempts.filter((attempt) => agentFell(result.evidence, attempt)));
    const inFlight = faults.map(({ open }) => open);
    return {
      broken,
      figures: {
        turns: facts.length,
        faults: faults.length,
        inFlightMean: Math.round(inFlight.reduce((sum, open) => sum + open, 0) / Math.max(1, faults.length)),
        unknown,
        attemptsWhoseAgentFell: fallen.length,
        drainMs: result.drainMs,
      },
    };
  },
}));
