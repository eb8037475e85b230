// X: the broker, or the database, dies together with a process at every named place.
import { crashCases } from '../crash/crash-cases.ts';
import { judgeCase } from '../crash/judge-case.ts';
import { runCase } from '../crash/run-case.ts';
import { openStage } from '../stage/stage.ts';
import type { Row } from './row.ts';

export const crashPairsRow: Row = {
  id: 'X',
  title: 'a death at each named crash point, and the broker or the database with it',
  async run({ say }) {
    const stage = await openStage({ gatewayEnv: { LEASE_MS: '1000' } });
    const broken: string[] = [];
    const recoveryMs: number[] = [];
    try {
      for (const server of ['broker', 'database'] as const) {
        for (const given of crashCases) {
          const name = `${given.point} ${given.steps[0]} with the ${server}`;
          const seen = await runCase(stage, given, stage[server]);
          recoveryMs.push(seen.recoveryMs);
          broken.push(...judgeCase(given, seen).map((what) => `${name}: ${what}`));
          say(`  ${name}: ${seen.end} after ${seen.recoveryMs} ms`);
        }
      }
    } finally {
      await stage.close();
    }
    return { broken, figures: { cases: recoveryMs.length, recoveryMsMax: Math.max(...recoveryMs) } };
  },
};
