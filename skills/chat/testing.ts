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

/** A server with the agent, anna and ben, for all tests of the block that it is called in. */
export function setUpChat(): SkillSetup & { server(): Prosody } {
  let prosody: Prosody | undefined;
  let network: ReturnType<typeof openXmpp> | undefined;
  beforeAll(async () => {
    prosody = await startProsody({ users: { agent: 'secret', anna: 'secret', ben: 'secret' } });
    const account = { service: prosody.service, address: 'agent@example.org', password: 'secret', mayBePlain: true };
    network = openXmpp({ ...account, log: createLog('test', 'silent') });
  }, 60_000);
  afterAll(async () => {
    await network?.close();
    await prosody?.stop();
  });
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the server has not started');
    return value;
  };
  return { adapters: () => ({ chat: createChatAdapter(started(network)) }), server: () => started(prosody) };
}
