// F24: an agent that comes back with other contracts than the plan was made with is not half understood.

import { waitUntilKnown } from '../load/api.ts';
import { openBench } from '../load/bench.ts';
import { say } from '../plan.ts';
import { worldAgent, worldSkillOf } from '../world/world-skills.ts';
import { claims, type Row } from './row.ts';

export const skewRow: Row = {
  id: 'F24',
  title: 'a plan for one version of a contract does not run on another one',
  async run({ stage }) {
    const on = await stage();
    const { api, key, post, end, run, effects } = await openBench(on);
    const { must, broken } = claims();
    const agent = on.agents.find(({ name }) => name === worldAgent);
    if (agent === undefined) throw new Error('the world has no agent');
    agent.keep(false);
    await agent.kill();
    const name = key();
    const { id } = await post(await api.createSession(), say([{ skill: worldSkillOf.once, key: name, ms: 0 }]));
    while ((await api.read(id)).route === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    agent.setEnv({ SKILL_VERSION: '2.0.0' });
    agent.keep(true);
    await agent.ready();
    const skewed = await end(id);
    must(skewed.error?.code === 'contract-mismatch', `it ended ${skewed.error?.code ?? skewed.state}`);
    must((await effects(name)) === 0, 'it happened');
    await waitUntilKnown(on);
    const after = await run([{ skill: worldSkillOf.once, key: key(), ms: 0 }]);
    must(after.state === 'completed', `a plan for the new version ended ${after.state}`);
    agent.setEnv({});
    await agent.kill();
    await agent.ready();
    await waitUntilKnown(on);
    return { broken, figures: { ended: skewed.error?.code } };
  },
};
