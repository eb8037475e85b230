// Talking to a running Switchboard, in tests: one sentence, one turn.
import { randomUUID } from 'node:crypto';
import { sessionSchema, type Turn, turnSchema } from '@switchboard/contract';
import type { System } from '@switchboard/testkit/start-system';

const waiting = { prefer: 'wait=30' };

export interface Talk {
  readonly session: string;
  /** Says something in the session and waits until it ends or asks. */
  say(input: string, more?: Record<string, unknown>): Promise<Turn>;
  answer(turn: Turn, answer: Record<string, unknown>): Promise<Turn>;
  /** Takes it as it is accepted, without waiting. */
  post(input: string, key?: string): Promise<Turn>;
  read(turn: { id: string }): Promise<Turn>;
}

export async function talkTo(system: System): Promise<Talk> {
  const turnOf = async (response: Response): Promise<Turn> => {
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return turnSchema.parse(await response.json());
  };
  const { id: session } = sessionSchema.parse(await (await system.call('POST', '/v1/sessions', {})).json());
  const path = `/v1/sessions/${session}/turns`;
  return {
    session,
    say: async (input, more = {}) =>
      turnOf(await system.call('POST', path, { input, ...more }, { ...waiting, 'idempotency-key': randomUUID() })),
    answer: async ({ id, question }, answer) =>
      turnOf(await system.call('POST', `/v1/turns/${id}/answer`, { question: question?.id, ...answer }, waiting)),
    post: async (input, key = randomUUID()) =>
      turnOf(await system.call('POST', path, { input }, { 'idempotency-key': key })),
    read: async ({ id }) => turnOf(await system.call('GET', `/v1/turns/${id}`)),
  };
}
