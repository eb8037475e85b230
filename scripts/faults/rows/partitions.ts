// F07n: the kernel drops every packet of the router, or of an agent, for some seconds; nobody is told.
import { NoNetworksError } from '../stage/networks.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { stormOn } from '../storm/run-storm.ts';
import type { PlannedFault } from '../storm/schedule.ts';
import { brokenPromises, countUnknown } from './kept-promises.ts';
import type { Row, RowResult } from './row.ts';

const rounds = 3;
const cutMs = 6_000;
/** Longer than a cut and the longest pause between two tries of TCP that comes of it. */
const everyMs = 9_000;
const turns = 200;
const quietMs = 90_000;

async function partitionOn(stage: Stage, names: readonly string[], seed: string): Promise<RowResult> {
  const plan = Array.from({ length: rounds }, () => names)
    .flat()
    .map((target, index): PlannedFault => {
      return { kind: 'cable-pulled', target, atMs: everyMs * index + everyMs / 3, durationMs: cutMs };
    });
  const spanMs = everyMs * plan.length;
  const common = { prefix: 'f07n-', seed, turns, sessions: 20, faults: 0, spanMs, quietMs };
  const result = await stormOn(stage, { ...common, plan: () => plan });
  const unknown = countUnknown(result);
  const broken = brokenPromises(result);
  if (unknown > 0) broken.push(`${unknown} turns are unknown although nobody died in mid-effect`);
  const { facts, faults } = result.evidence;
  const open = faults.map((fault) => fault.open);
  return { broken, figures: { turns: facts.length, cuts: faults.length, cutMs, openAtCuts: open, unknown } };
}

export const partitionsRow: Row = {
  id: 'F07n',
  title: 'router and agents each lose the network for six seconds, three times',
  async run({ options }) {
    let stage: Stage;
    try {
      stage = await openStage({ workstation: true, networks: true, gatewayEnv: { TURN_DEADLINE_SECONDS: '300' } });
    } catch (error) {
      if (!(error instanceof NoNetworksError)) throw error;
      return { broken: [], figures: {}, skipped: error.message };
    }
    let keepFolder = true;
    try {
      const result = await partitionOn(stage, stage.networks?.names ?? [], `${options.seed} F07n`);
      keepFolder = result.broken.length > 0;
      return result;
    } finally {
      await stage.close({ keepFolder });
    }
  },
};
