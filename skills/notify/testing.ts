// What the tests of notify share: the agent's own adapter over a real ntfy server.
import { createNotifyAdapter } from '@switchboard/agent-messenger/notify';
import { createNtfy } from '@switchboard/agent-messenger/ntfy';
import { type NtfyServer, ntfyPackages, startNtfy } from '@switchboard/testkit/peers/ntfy';
import type { SkillSetup } from '@switchboard/testkit/skill';
import { afterAll, beforeAll } from 'vitest';

export { describeSkill, reconcileSkill, runSkill } from '@switchboard/testkit/skill';

/** Why this machine cannot run an ntfy server; undefined when it can. */
export const { missing } = await ntfyPackages();

/** The agent over a topic of a server. */
export function onNtfy(where: Parameters<typeof createNtfy>[0]): SkillSetup {
  return { adapters: () => ({ notification: createNotifyAdapter({ ntfy: createNtfy(where) }) }) };
}

/** A server with one topic, for all tests of the block that it is called in. */
export function setUpNtfy(): SkillSetup & { server(): NtfyServer } {
  let server: NtfyServer | undefined;
  beforeAll(async () => {
    server = await startNtfy();
  }, 60_000);
  afterAll(() => server?.stop());
  const started = (): NtfyServer => {
    if (server === undefined) throw new Error('the server has not started');
    return server;
  };
  return {
    server: started,
    adapters: (workspace) => {
      const { url, topic, tokens } = started();
      return onNtfy({ url, topic, token: tokens.agent }).adapters(workspace);
    },
  };
}
