// The faults of a storm, drawn from the seed before it begins: what, whom, how long, and when.
import type { Random } from '../random.ts';

export type FaultKind =
  | 'kill'
  | 'drain'
  | 'pause'
  | 'database-stop'
  | 'database-kill'
  | 'broker-kill'
  | 'broker-wipe'
  | 'link-cut'
  | 'link-silent'
  | 'link-slow'
  | 'garbage'
  | 'power-cut'
  | 'cable-pulled';

export interface PlannedFault {
  readonly kind: FaultKind;
  /** A process, a link, `database`, `broker` or `host`. */
  readonly target: string;
  /** From the beginning of the storm. */
  readonly atMs: number;
  /** Of what does not end by itself; after a power cut, how long the host has peace at least. */
  readonly durationMs: number;
}

export interface Targets {
  readonly gateways: readonly [string, ...string[]];
  readonly agents: readonly [string, ...string[]];
  readonly links: readonly [string, ...string[]];
}

interface Choice {
  readonly weight: number;
  readonly kind: FaultKind;
  target(random: Random, targets: Targets): string;
  /** Shortest and longest. */
  readonly durationMs?: readonly [number, number];
}

const gateway: Choice['target'] = (random, { gateways }) => random.pick(gateways);
const agent: Choice['target'] = (random, { agents }) => random.pick(agents);
const link: Choice['target'] = (random, { links }) => random.pick(links);

/** Pauses of a gateway are as often longer than its lease (3 s) as shorter. */
const choices: readonly Choice[] = [
  { weight: 26, kind: 'kill', target: gateway },
  { weight: 24, kind: 'kill', target: agent },
  { weight: 8, kind: 'kill', target: () => 'router' },
  { weight: 8, kind: 'pause', target: gateway, durationMs: [1_000, 6_000] },
  { weight: 7, kind: 'pause', target: agent, durationMs: [500, 4_000] },
  { weight: 4, kind: 'database-stop', target: () => 'database' },
  { weight: 2, kind: 'database-kill', target: () => 'database' },
  { weight: 5, kind: 'broker-kill', target: () => 'broker' },
  { weight: 3, kind: 'broker-wipe', target: () => 'broker' },
  { weight: 5, kind: 'link-cut', target: link, durationMs: [200, 3_000] },
  { weight: 4, kind: 'link-silent', target: link, durationMs: [500, 5_000] },
  { weight: 2, kind: 'link-slow', target: link, durationMs: [500, 3_000] },
  { weight: 2, kind: 'garbage', target: () => 'router', durationMs: [200, 1_500] },
];
const total = choices.reduce((sum, { weight }) => sum + weight, 0);

function choose(random: Random): Choice | undefined {
  let left = random.next() * total;
  return choices.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
}

/** Something that is never up is not a storm: nothing would be under way for the faults to strike. */
const restMs = 4_000;
const redrawsMax = 20;

function drawFault(random: Random, targets: Targets, atMs: number): PlannedFault {
  const choice = choose(random);
  if (choice === undefined) throw new Error('the weights do not add up');
  const [shortest, longest] = choice.durationMs ?? [0, 0];
  return {
    kind: choice.kind,
    target: choice.target(random, targets),
    atMs,
    durationMs: random.integer(shortest, longest),
  };
}

/** `count` faults, evenly spread with some play: the first soon, the last before `spanMs`; each target gets some rest. */
export function planStorm(random: Random, targets: Targets, count: number, spanMs: number): PlannedFault[] {
  const restedAt = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    const atMs = Math.round((spanMs * (index + random.next())) / count);
    let fault = drawFault(random, targets, atMs);
    for (let draws = 0; draws < redrawsMax && atMs < (restedAt.get(fault.target) ?? 0); draws++) {
      fault = drawFault(random, targets, atMs);
    }
    restedAt.set(fault.target, atMs + fault.durationMs + restMs);
    return fault;
  });
}
