// What the tests of chat share: the agent's account on a real server, somebody to talk to, and what came in.
import { createLog } from '@switchboard/service';
import type { Prosody } from '@switchboard/testkit/peers/prosody';
import { onTestFinished } from 'vitest';
import type { Arrival, ChatNetwork, IncomingChat } from '../src/chat/network.ts';
import { openXmpp } from '../src/chat/xmpp/xmpp-network.ts';
import { comeOnline, type Person, type PersonOptions } from './xmpp-person.ts';

export const log = createLog('test', process.env['LOG_LEVEL'] || 'silent');
export const users = { agent: 'secret', anna: 'secret', ben: 'secret' };
export const agent = 'agent@example.org';
export const anna = 'anna@example.org';

export const enough = (ms = 30_000): AbortSignal => AbortSignal.timeout(ms);
export const noNote = async (): Promise<void> => undefined;

/** Closed with the test. */
export function connect(
  service: string,
  { password = 'secret', mayBePlain = true, patienceMs = 30_000 } = {},
): ChatNetwork {
  const retryMs = { first: 100, most: 300 };
  const network = openXmpp({ service, address: agent, password, mayBePlain, log, retryMs, patienceMs });
  onTestFinished(() => network.close());
  return network;
}

/** Leaves with the test. */
export async function person(prosody: Prosody, name: string, options: PersonOptions = {}): Promise<Person> {
  const somebody = await comeOnline(prosody, name, options);
  onTestFinished(() => somebody.leave().catch(() => undefined));
  return somebody;
}

export interface Heard {
  readonly arrivals: readonly Arrival[];
  messages(): IncomingChat[];
  texts(): string[];
}

/** Collects what comes in from now on, or after a position, until the test ends; resolves when it listens. */
export async function listen(network: ChatNetwork, after?: string): Promise<Heard> {
  const ending = new AbortController();
  onTestFinished(() => ending.abort(new Error('the test has ended')));
  const arrivals: Arrival[] = [];
  const from = after ?? (await network.position(ending.signal));
  const run = async (): Promise<void> => {
    for await (const arrival of network.incoming(from, ending.signal)) arrivals.push(arrival);
  };
  run().catch(() => undefined);
  const messages = (): IncomingChat[] => arrivals.flatMap(({ message }) => message ?? []);
  return { arrivals, messages, texts: () => messages().map(({ text }) => text) };
}

let next = 0;
export const outgoing = (text: string, to = anna) => ({ id: `test-${process.pid}-${next++}`, to, text });
