// Messages that come in over a channel: the one with its code links an address, one from a linked address is taken.
import type { Subscription } from '@switchboard/bus';
import { type InboundReply, type MessageOf, normalAddress, SwitchboardError } from '@switchboard/contract';
import type { ThreadPlace } from '@switchboard/store';
import { linkCodeHashes } from '../identity/link-code.ts';
import type { InboundDeps } from './deps.ts';
import { takeMessage } from './take-message.ts';
import { notices } from './words.ts';

/** Messages of one agent that are looked into at a time: a flood of them would take the database from everybody. */
const atOnceMax = 4;
/** Wrong codes from one address after which what is pending for it ends. */
const attemptsMax = 5;

const replies = {
  accepted: { outcome: 'accepted', text: 'It was taken.' },
  answered: { outcome: 'answered', text: 'It answers what was asked.' },
  refused: { outcome: 'refused', text: 'Nothing was done with it, and its sender is told so.' },
  limited: { outcome: 'refused', text: 'Nothing was done with it: too many came in a minute.' },
  linked: { outcome: 'linked', text: 'The address is linked, and its owner is told so.' },
  taken: { outcome: 'refused', text: 'The address is linked to somebody else, and has to be unlinked there first.' },
  wrong: { outcome: 'refused', text: 'The code is wrong or too old.' },
  unknown: { outcome: 'unknown', text: 'The address is not known, so nothing was done with the message.' },
} as const satisfies Record<string, Omit<InboundReply, 'v'>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const notOfOneLine = /[\u0000-\u001f\u007f]/;

/** Throws `invalid-request` for a thread whose name could not be given back. */
function placeOf(agent: string, channel: string, { address, thread, subject }: MessageOf<'inbound'>): ThreadPlace {
  if (notOfOneLine.test(thread) || !thread.isWellFormed()) {
    throw new SwitchboardError('invalid-request', 'A thread must be named in one line of text');
  }
  const line = subject?.toWellFormed().replace(new RegExp(notOfOneLine, 'g'), ' ').trim();
  return { agent, channel, address: normalAddress(address), thread, ...(line && { subject: line }) };
}

/** The answer means that what came of the message is on disk. */
export function answerInbound(deps: InboundDeps): Subscription {
  const { bus, store, log } = deps;
  const open = new Map<string, number>();

  async function outcomeOf(
    agent: string,
    channel: string,
    message: MessageOf<'inbound'>,
  ): Promise<keyof typeof replies> {
    const place = placeOf(agent, channel, message);
    const codeHashes = linkCodeHashes(message.text);
    const proving = { ...place, codeHashes, attemptsMax, confirmation: notices.linked };
    const proof = await store.identities.prove(proving);
    return proof.outcome === 'known' ? takeMessage(deps, { place, message, sender: proof.sender }) : proof.outcome;
  }

  /** Whatever went wrong here is no reason to forget a message; one that cannot be stored would be brought for ever. */
  function toTell(error: unknown): SwitchboardError {
    if (error instanceof SwitchboardError) return error;
    if (error instanceof Error && 'code' in error && /^22[0-9A-Z]{3}$/.test(String(error.code))) {
      return new SwitchboardError('invalid-request', 'The message holds what cannot be stored');
    }
    log.error({ err: error }, 'a message could not be taken; it will be brought again');
    return new SwitchboardError('unavailable', 'The message could not be taken; bring it again');
  }

  async function oneOfFew(agent: string, work: () => Promise<keyof typeof replies>): Promise<keyof typeof replies> {
    const others = open.get(agent) ?? 0;
    if (others >= atOnceMax) throw new SwitchboardError('overloaded', 'Too many messages at once; bring it again');
    open.set(agent, others + 1);
    try {
      return await work();
    } catch (error) {
      throw toTell(error);
    } finally {
      open.set(agent, (open.get(agent) ?? 1) - 1);
    }
  }

  return bus.respond(
    'inbound',
    async ({ message, parameters: { agent, channel } }) => {
      if (deps.stopping.aborted) throw new SwitchboardError('unavailable', 'The gateway is stopping; bring it again');
      // Anybody can write any sender into a message: what its channel does not vouch for proves nothing and counts for nothing.
      if (!message.authenticated) return { v: 1 as const, ...replies.unknown };
      const outcome = await oneOfFew(agent, () => outcomeOf(agent, channel, message));
      log.info({ agent, channel, message: message.messageId, outcome }, 'a message came in');
      return { v: 1 as const, ...replies[outcome] };
    },
    {
      onRefused({ code }, subject) {
        log[code === 'overloaded' ? 'debug' : 'warn']({ subject, code }, 'a message that came in was refused');
      },
    },
  );
}
