// A router without a mind of its own: it plans what is said in the suite's grammar, or garbage when it is told to.
import { connectBus } from '@switchboard/bus';
import { type MessageOf, type RouteDecision, SwitchboardError } from '@switchboard/contract';
import { readConfig, runService } from '@switchboard/service';
import { z } from 'zod';
import { inputOf, understand } from './plan.ts';

const settings = z.object({ NATS_URL: z.url(), BUS_SEED: z.string() });
const orderSchema = z.strictObject({ garbage: z.boolean() });

type Catalogues = Map<string, MessageOf<'catalogue'>>;

/** Not of the contract: a plan without steps, for a skill that nobody has. */
const garbage = '{"v":1,"outcome":"route","steps":[],"candidates":"none"}';

function decide(catalogues: Catalogues, message: MessageOf<'route'>): RouteDecision {
  for (const { agent, revision } of message.catalogue) {
    if (catalogues.get(agent)?.revision === revision) continue;
    throw new SwitchboardError('contract-mismatch', `The contracts of ${agent} are not known here`);
  }
  const said = { stage: 'explicit', reason: 'It is said in the exact grammar.' } as const;
  const common = { v: 1 as const, candidates: [], ...said };
  const skills = [...catalogues].flatMap(([agent, told]) => told.skills.map((document) => ({ agent, document })));
  const steps = (understand(message.text) ?? []).flatMap((act) => {
    const offered = skills.find(({ document }) => document.name === act.skill);
    if (!offered) return [];
    const { agent, document } = offered;
    return [{ agent, skill: document.name, contractHash: document.contractHash, input: inputOf(act) }];
  });
  if (steps.length === 0) return { ...common, outcome: 'refuse', text: 'Nobody here does that.' };
  return { ...common, outcome: 'route', steps };
}

await runService('router', async ({ onStop, ready }) => {
  const config = readConfig(settings, process.env);
  const bus = await connectBus({ url: config.NATS_URL, user: 'router', seed: config.BUS_SEED });
  onStop(() => bus.drain());
  const catalogues: Catalogues = new Map();
  let talksGarbage = false;
  process.on('message', (order) => {
    talksGarbage = orderSchema.parse(order).garbage;
  });
  bus.listen('catalogue', ({ message }) => catalogues.set(message.agent, message));
  bus.respond('route', async ({ message }) => (talksGarbage ? JSON.parse(garbage) : decide(catalogues, message)));
  await bus.flush();
  ready();
});
