// F04 in the quiet: the broker comes back empty so soon that nothing had failed meanwhile, and the copy is whole all the same.

import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { copyWrong } from '../verify/checks.ts';
import { readRecord } from '../verify/record.ts';
import { worldSkillOf } from '../world/world-skills.ts';
import type { Row } from './row.ts';

const times = 8;

export const idleWipesRow: Row = {
  id: 'F04i',
  title: 'the broker loses its disk while nothing is said: what is said next does not stand before what was',
  async run({ stage }) {
    const { api, post, end, key, stage: on } = await openBench(await stage());
    const id = await api.createSession();
    const talk = async (): Promise<void> => {
      await end((await post(id, say([{ skill: worldSkillOf.safe, key: key(), ms: 0 }]))).id);
    };
    for (let wipes = 0; wipes < times; wipes++) {
      await talk();
      await on.broker.kill();
      await on.broker.wipe();
      await on.broker.start();
      await talk();
    }
    const kept = await readRecord(on, [{ id, turns: [] }]);
    return { broken: copyWrong({ kept }), figures: { wipes: times, events: kept[0]?.events.length } };
  },
};
