// Messages that come in over a channel: the one with its code links an address. Whoever is not known sets nothing going.
import type { Bus, Subscription } from '@switchboard/bus';
import { type InboundReply, normalAddress } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { Identities, Proof } from '@switchboard/store';
import { linkCodeHashes } from './link-code.ts';

/** Wrong codes from one address after which what is pending for it ends. */
const attemptsMax = 5;

const stranger: InboundReply = {
  v: 1,
  outcome: 'unknown',
  text: 'I do not know this address, so nothing was done with the message.',
};
const answers: Readonly<Record<Proof, InboundReply>> = {
  linked: { v: 1, outcome: 'linked', text: 'This address is linked now.' },
  taken: {
    v: 1,
    outcome: 'refused',
    text: 'This address is linked to somebody else. It has to be unlinked there first.',
  },
  wrong: { v: 1, outcome: 'refused', text: 'This code is wrong or too old. Ask for a new one.' },
  known: { v: 1, outcome: 'known', text: 'This address is linked. Nothing was done with the message.' },
  unknown: stranger,
};

/** The answer means that what came of the message is on disk. */
export function answerInbound(bus: Bus, identities: Pick<Identities, 'prove'>, log: Log): Subscription {
  return bus.respond(
    'inbound',
    async ({ message, parameters: { agent, channel } }) => {
      // Anybody can write any sender into a message: what its channel does not vouch for proves nothing and counts for nothing.
      if (!message.authenticated) return stranger;
      const address = normalAddress(message.address);
      const proof = await identities.prove(channel, address, linkCodeHashes(message.text), attemptsMax);
      log.info({ agent, channel, message: message.messageId, proof }, 'a message came in');
      return answers[proof];
    },
    { onRefused: (info, subject) => log.warn({ subject, code: info.code }, 'a message that came in was refused') },
  );
}
