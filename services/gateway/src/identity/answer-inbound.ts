// Messages that come in over a channel: the one with its code links an address. Whoever is not known sets nothing going.
import type { Bus, Subscription } from '@switchboard/bus';
import { type InboundReply, normalAddress, SwitchboardError } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { Identities, Proof } from '@switchboard/store';
import { linkCodeHashes } from './link-code.ts';

/** Messages of one agent that are looked into at a time: a flood of them would take the database from everybody. */
const atOnceMax = 4;
/** Wrong codes from one address after which what is pending for it ends. */
const attemptsMax = 5;

const stranger: InboundReply = {
  v: 1,
  outcome: 'unknown',
  text: 'I do not know this address, so nothing was done with the message.',
};
const answers: Readonly<Record<Proof, InboundReply>> = {
  linked: {
    v: 1,
    outcome: 'linked',
    text: 'This address is linked now, to the account that asked for this code. Is that not yours? Have it unlinked.',
  },
  taken: {
    v: 1,
    outcome: 'refused',
    text: 'This address is linked to somebody else. It has to be unlinked there first.',
  },
  wrong: { v: 1, outcome: 'refused', text: 'This code is wrong or too old. Ask for a new one.' },
  known: { v: 1, outcome: 'refused', text: 'This address is linked. Nothing was done with the message.' },
  unknown: stranger,
};

/** The answer means that what came of the message is on disk. */
export function answerInbound(bus: Bus, identities: Pick<Identities, 'prove'>, log: Log): Subscription {
  const open = new Map<string, number>();

  async function prove(agent: string, ...of: Parameters<Identities['prove']>): Promise<Proof> {
    const others = open.get(agent) ?? 0;
    if (others >= atOnceMax) throw new SwitchboardError('overloaded', 'Too many messages at once; bring it again');
    open.set(agent, others + 1);
    try {
      return await identities.prove(...of);
    } finally {
      open.set(agent, (open.get(agent) ?? 1) - 1);
    }
  }

  return bus.respond(
    'inbound',
    async ({ message, parameters: { agent, channel } }) => {
      // Anybody can write any sender into a message: what its channel does not vouch for proves nothing and counts for nothing.
      if (!message.authenticated) return stranger;
      const address = normalAddress(message.address);
      const proof = await prove(agent, channel, address, linkCodeHashes(message.text), attemptsMax);
      log.info({ agent, channel, message: message.messageId, proof }, 'a message came in');
      return answers[proof];
    },
    {
      onRefused({ code }, subject) {
        log[code === 'overloaded' ? 'debug' : 'warn']({ subject, code }, 'a message that came in was refused');
      },
    },
  );
}
