// What a gateway says to an agent, for tests that take the gateway's place.
import { randomUUIDv7 } from 'node:crypto';
import type { Bus, Signer } from '@switchboard/bus';
import {
  type Hello,
  hashJson,
  type Invoke,
  type InvokeReply,
  invocationId,
  type Permission,
  type ReconcileReply,
  type ReplyOf,
  type StatusReply,
} from '@switchboard/contract';

const deadlineMs = 60_000;
const answerMsMax = 60_000;

/** What differs from a first attempt that the policy allows. */
export type InvokeChanges = Partial<Omit<Invoke, 'policy'>> & { readonly policy?: Partial<Permission> };

/** A message to run this skill, within a minute, in a turn and a session of its own unless `more` says which. */
export function invokeMessage(
  agent: string,
  { name, contractHash, effects }: Pick<Hello['skills'][number], 'name' | 'contractHash' | 'effects'>,
  input: Invoke['input'],
  { policy, ...more }: InvokeChanges = {},
): Invoke {
  const { turn = randomUUIDv7(), step = 1, attempt = 1 } = more;
  return {
    v: 1,
    id: invocationId(turn, step, attempt),
    session: randomUUIDv7(),
    turn,
    step,
    attempt,
    epoch: 1,
    agent,
    skill: name,
    contractHash,
    input,
    inputHash: hashJson(input),
    policy: { decision: 'allow', rule: 'of-the-test', trust: 'trusted', effects, ...policy },
    deadline: new Date(Date.now() + deadlineMs).toISOString(),
    ...more,
  };
}

export interface GatewayAsks {
  /** Signed by the gateway's key, or by another. */
  invoke(message: Invoke, signer?: Signer): Promise<InvokeReply>;
  status(message: Invoke): Promise<StatusReply>;
  cancel(message: Invoke): Promise<ReplyOf<'cancel'>>;
  /** With a deadline of its own, as the gateway asks. */
  reconcile(message: Invoke): Promise<ReconcileReply>;
}

/** Each waits a minute for the answer at most, and rejects as a request on the bus does. */
export function gatewayAsks(gateway: Bus, signer: Signer): GatewayAsks {
  const asked = (agent: string) => ({ replier: agent, timeoutMs: answerMsMax });
  return {
    invoke: (message, by = signer) =>
      gateway.request('invoke', message, message, { ...asked(message.agent), signer: by }),
    status: ({ agent, id }) => gateway.request('status', { agent }, { v: 1, id }, asked(agent)),
    cancel: ({ agent, id }) => gateway.request('cancel', { agent }, { v: 1, id }, asked(agent)),
    reconcile: (message) => {
      const deadline = new Date(Date.now() + deadlineMs).toISOString();
      const question = { ...message, deadline, reconcile: true as const };
      return gateway.request('reconcile', message, question, { ...asked(message.agent), signer });
    },
  };
}
