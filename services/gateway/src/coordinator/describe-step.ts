// Has a skill say in its own words what a step would do, for the person who is about to be asked.
import { type Bus, BusError } from '@switchboard/bus';
import { type PlannedStep, SwitchboardError } from '@switchboard/contract';

const describeMsMax = 2_000;

/**
 * Undefined when the agent is away or has no words for it: the bare input is shown then. Throws SwitchboardError when
 * the input does not fit the contract: nobody needs to approve what cannot be done.
 */
export async function describeStep(bus: Bus, step: PlannedStep): Promise<string | undefined> {
  const { agent, skill, contractHash, input } = step;
  try {
    const message = { v: 1, skill, contractHash, input } as const;
    const { text } = await bus.request('describe', { agent }, message, { replier: agent, timeoutMs: describeMsMax });
    return text;
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    if (error.info?.code === 'invalid-input') throw new SwitchboardError('invalid-input', error.info.message);
    return undefined;
  }
}
