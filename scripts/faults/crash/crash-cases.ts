// Every named place where a process may die, for each kind of skill that it matters to, with the only acceptable end.
import type { Repeat } from '@switchboard/contract';

export interface CrashCase {
  readonly point: string;
  /** Who dies. */
  readonly who: 'gateway' | 'agent';
  /** One step for each. */
  readonly steps: readonly Repeat[];
  readonly end: 'completed' | 'unknown';
  /** `step.attempt state` of every attempt; one of these lists. */
  readonly attempts: readonly (readonly string[])[];
  /** How often the effect of each step happened; one of these lists. */
  readonly effects: readonly (readonly number[])[];
}

const first = ['1.1 succeeded'] as const;
/** It never arrived, or never began: it was fenced, and sent again under another id. */
const fenced = ['1.1 not-executed', '1.2 succeeded'] as const;
const again = ['1.1 interrupted', '1.2 succeeded'] as const;
const unknown = ['1.1 unknown'] as const;
const one = [[1]] as const;
const none = [[0]] as const;

function gateway(point: string, attempts: CrashCase['attempts'], repeat: Repeat = 'once'): CrashCase {
  return {
    point,
    who: 'gateway',
    steps: [repeat],
    end: 'completed',
    attempts,
    effects: repeat === 'safe' ? none : one,
  };
}

function agent(
  point: string,
  repeat: Repeat,
  attempts: readonly string[],
  effects: CrashCase['effects'],
  end: CrashCase['end'] = 'completed',
): CrashCase {
  return { point, who: 'agent', steps: [repeat], end, attempts: [attempts], effects };
}

const twoSteps: CrashCase = {
  point: 'G8',
  who: 'gateway',
  steps: ['once', 'once'],
  end: 'completed',
  attempts: [['1.1 succeeded', '2.1 succeeded']],
  effects: [[1, 1]],
};

export const crashCases: readonly CrashCase[] = [
  gateway('G1', [first]),
  gateway('G2', [first]),
  gateway('G3', [first]),
  gateway('G4', [first]),
  gateway('G5', [fenced]),
  gateway('G6', [first]),
  gateway('G7', [first]),
  // What has no effect is not in the ledger: whether it is asked once more makes no difference.
  gateway('G7', [first, fenced], 'safe'),
  twoSteps,
  gateway('G9', [first]),
  gateway('G10', [first]),
  gateway('G11', [first]),
  agent('A1', 'once', fenced, one),
  agent('A2', 'safe', fenced, none),
  agent('A2', 'idempotent', again, one),
  agent('A2', 'reconcilable', again, one),
  agent('A2', 'once', unknown, none, 'unknown'),
  agent('A3', 'idempotent', again, one),
  { ...agent('A3', 'reconcilable', first, one), attempts: [first, again] },
  agent('A3', 'once', unknown, [[0], [1]], 'unknown'),
  agent('A4', 'idempotent', again, one),
  agent('A4', 'reconcilable', first, one),
  agent('A4', 'once', unknown, one, 'unknown'),
  agent('A5', 'idempotent', first, one),
  agent('A5', 'reconcilable', first, one),
  agent('A5', 'once', first, one),
];
