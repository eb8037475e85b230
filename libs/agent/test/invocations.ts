// Envelopes as the gateway writes them.
import { randomUUIDv7 } from 'node:crypto';
import {
  describeContract,
  hashJson,
  type Invoke,
  invocationId,
  type MessageOf,
  type Skill,
} from '@switchboard/contract';

export const agentName = 'tester';

/** A message to run this skill on `{text}`, within a minute. */
export function invocation(skill: Skill, text: string, more: Partial<Invoke> = {}): Invoke {
  const turn = more.turn ?? randomUUIDv7();
  const input = more.input ?? { text };
  const { contractHash, effects } = describeContract(skill.contract);
  return {
    v: 1,
    id: invocationId(turn, 1, 1),
    session: randomUUIDv7(),
    turn,
    step: 1,
    attempt: 1,
    epoch: 1,
    agent: agentName,
    skill: skill.contract.name,
    contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects },
    deadline: new Date(Date.now() + 60_000).toISOString(),
    ...more,
  };
}

/** With a deadline of its own, as the gateway asks. */
export function reconciling(message: Invoke, deadline = new Date(Date.now() + 60_000)): MessageOf<'reconcile'> {
  return { ...message, deadline: deadline.toISOString(), reconcile: true };
}
