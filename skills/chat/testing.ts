// What the tests of the chat skills share: the agent's own adapter over a real XMPP server.
import { createChatAdapter } from '@switchboard/agent-messenger/chat';
import { openXmpp } from '@switchboard/agent-messenger/xmpp';
import { createLog } from '@switchboard/service';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, reconcileSkill, runSkill } from '@switchboard/testkit/skill';

/** Why this machine cannot run an XMPP server; undefined when it can. */
export const { missing } = await prosodyPackages();

const users = { agent: 'secret', anna: 'secret', ben: 'secret' };

/** The agent's account on a server. Only one at a time: a server lets in one device of an account as the same. */
export function openChat(service: string): SkillSetup & { close(): Promise<void> } {
  const account = { service, address: 'agent@example.org', password: 'secret', mayBePlain: true };
  const network = openXmpp({ ...account, log: createLog('test', 'silent') });
  return { adapters: () => ({ chat: createChatAdapter(network) }), close: () => network.close() };
}

/** A server with the agent, anna and ben, for all tests of the block that it is called in. */
export function setUpProsody(): () => Prosody {
  let prosody: Prosody | undefined;
  beforeAll(async () => {
    prosody = await startProsody({ users });
  }, 60_000);
  afterAll(() => prosody?.stop());
  return () => {
    if (prosody === undefined) throw new Error('the server has not started');
    return prosody;
  };
}

/** The agent on such a server. */
export function setUpChat(): SkillSetup {
  const server = setUpProsody();
  let chat: ReturnType<typeof openChat> | undefined;
  beforeAll(() => {
    chat = openChat(server().service);
  });
  afterAll(() => chat?.close());
  return { adapters: (workspace) => chat?.adapters(workspace) ?? {} };
}
