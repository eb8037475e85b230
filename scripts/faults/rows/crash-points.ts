// G1 to G10 and A1 to A5: a death at every named place.
import { crashCases } from '../crash/crash-cases.ts';
import { judgeCase } from '../crash/judge-case.ts';
import { runCase } from '../crash/run-case.ts';
import { openStage } from '../stage/stage.ts';
import type { Row } from './row.ts';

export const crashPointsRow: Row = {
  id: 'P',
  title: 'a death at each named crash point has its one acceptable end',
  async run({ say }) {
    const stage = await openStage({ gatewayEnv: { LEASE_MS: '1000' } });
    const broken: string[] = [];
    const recoveryMs: Record<string, number> = {};
    try {
      for (const given of crashCases) {
        const name = `${given.point} ${given.steps[0]}`;
        const seen = await runCase(stage, given);
        recoveryMs[name] = seen.recoveryMs;
        const wrong = judgeCase(given, seen);
        broken.push(...wrong.map((what) => `${name}: ${what}`));
        say(`  ${name}: ${seen.end} after ${seen.recoveryMs} ms`);
      }
    } finally {
      await stage.close();
    }
    return { broken, figures: { cases: crashCases.length, recoveryMsMax: Math.max(...Object.values(recoveryMs)) } };
  },
};
