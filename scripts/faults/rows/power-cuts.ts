// F03: the host loses its power twenty times under load, and with it all that was not on a disk.
import type { Random } from '../random.ts';
import { CannotCutError } from '../stage/cut-disks.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { stormOn } from '../storm/run-storm.ts';
import type { PlannedFault, Targets } from '../storm/schedule.ts';
import { agentFell } from '../verify/checks.ts';
import { brokenPromises, countUnknown } from './kept-promises.ts';
import type { Row, RowResult } from './row.ts';

const cuts = 20;
const everyMs = 7_000;
/** On a slow machine the cuts come later. */
const peaceMs = 3_000;
const turns = 500;
const quietMs = 120_000;

/** Every other time somebody dies a little before: what its successor sees may not be on the disk yet. */
function plan({ agents, gateways }: Targets, random: Random): PlannedFault[] {
  return Array.from({ length: cuts }, (_, cut): PlannedFault[] => {
    const atMs = everyMs * cut + everyMs / 2;
    const powerCut = { kind: 'power-cut', target: 'host', atMs, durationMs: peaceMs } as const;
    if (cut % 2 === 1) return [powerCut];
    const target = random.pick([...agents, ...agents, ...gateways, 'router']);
    return [{ kind: 'kill', target, atMs: atMs - random.integer(300, 2_500), durationMs: 0 }, powerCut];
  }).flat();
}

async function cutOn(stage: Stage, seed: string, tell: (line: string) => void): Promise<RowResult> {
  const result = await stormOn(stage, {
    prefix: 'f03-',
    seed,
    turns,
    sessions: 20,
    faults: 0,
    spanMs: cuts * everyMs,
    quietMs,
    plan,
    onFault: ({ kind, target, open, running }) =>
      tell(`  ${kind} ${target} with ${open} turns open, ${running} skills running`),
  });
  const broken = brokenPromises(result);
  const { count = 0, witnesses = [] } = stage.cutDisks ?? {};
  const lost = witnesses.reduce((sum, witness) => sum + witness.lost, 0);
  const kept = witnesses.reduce((sum, witness) => sum + witness.kept, 0);
  if (witnesses.some((witness) => witness.lost === 0)) broken.push('a cut lost nothing: this row proves nothing');
  if (kept < count * cuts) broken.push(`only ${kept} of ${count * cuts} synced files are still there`);
  const { facts, faults } = result.evidence;
  const struck = faults.filter(({ kind }) => kind === 'power-cut');
  const fallen = facts.flatMap(({ attempts }) => attempts.filter((attempt) => agentFell(result.evidence, attempt)));
  return {
    broken,
    figures: {
      cuts: struck.length,
      unsyncedFilesLost: `${lost} of ${count * cuts}`,
      turns: facts.length,
      openAtCuts: struck.map(({ open }) => open),
      attemptsWhoseAgentFell: fallen.length,
      unknown: countUnknown(result),
      drainMs: result.drainMs,
      ...(broken.length > 0 && { folder: result.folder }),
    },
  };
}

export const powerCutsRow: Row = {
  id: 'F03',
  title: 'the power fails twenty times: what was promised had been on the disk',
  async run({ options, say }) {
    let stage: Stage;
    try {
      stage = await openStage({ workstation: true, cutDisks: true, gatewayEnv: { TURN_DEADLINE_SECONDS: '300' } });
    } catch (error) {
      if (!(error instanceof CannotCutError)) throw error;
      return { broken: [], figures: {}, skipped: error.message };
    }
    let keepFolder = true;
    try {
      const result = await cutOn(stage, `${options.seed} F03`, say);
      keepFolder = result.broken.length > 0;
      return result;
    } finally {
      await stage.close({ keepFolder });
    }
  },
};
