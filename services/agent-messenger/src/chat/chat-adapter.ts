// The chat capability of the messenger: one network, one account.
import type { CallScope, CapabilityAdapters } from '@switchboard/agent';
import { type ChatRead, type ChatSend, SkillError } from '@switchboard/contract';
import type { ChatNetwork } from './network.ts';

/** Serves ChatRead and ChatSend; the network is its maker's to close. */
export function createChatAdapter(network: ChatNetwork): Required<NonNullable<CapabilityAdapters['chat']>> {
  return {
    read: ({ invocationId, signal }: CallScope): ChatRead => ({
      async wasSent({ to, since }) {
        return await network.holds({ id: invocationId, to: addressOf(network, to) }, since, signal);
      },
    }),
    external: ({ invocationId, signal }: CallScope): ChatSend => ({
      async send({ to, text }, leaving) {
        const message = { id: invocationId, to: addressOf(network, to), text };
        if (!network.carries(text)) {
          throw new SkillError('bad-text', 'The text holds control characters that a chat message cannot carry.');
        }
        return await network.send(message, { signal, leaving });
      },
    }),
  };
}

function addressOf(network: ChatNetwork, text: string): string {
  const address = network.addressOf(text);
  if (address === undefined) {
    throw new SkillError('no-address', 'This is not an address of the chat network, such as anna@example.org.');
  }
  if (address === network.address) throw new SkillError('no-address', 'This is the address of the agent itself.');
  return address;
}
