// Asking: one question, the pieces that come on the way, and one answer in the contract's words.
import {
  inbox,
  type MessageOf,
  type ParametersOf,
  type Pattern,
  type PieceOf,
  type ReplyOf,
  replyInbox,
  type SubjectFact,
  type SubjectName,
  subject,
  subjects,
} from '@switchboard/contract';
import type { Msg } from 'nats';
import type { Link } from './connect.ts';
import { BusError, readError, toBusError } from './errors.ts';
import { eventHeaders } from './headers.ts';
import type { Signer } from './signing.ts';
import { decode, encoder, signatureHeader } from './wire.ts';

/** What the server itself answers when nobody has subscribed. */
const noResponders = 503;

export interface RequestOptions<Name extends SubjectName = SubjectName> {
  /** The whole wait, in milliseconds; where pieces come, from one word to the next. */
  readonly timeoutMs: number;
  /** Who will answer: the reply goes where only this user may publish. */
  readonly replier: string;
  readonly signer?: Signer;
  /** W3C trace context, passed on. */
  readonly traceparent?: string;
  /** Told of what comes on the way to the answer, in order. Must not throw. */
  readonly onPiece?: (piece: PieceOf<Name>) => void;
}

export function createRequest(link: Link, user: string) {
  const { nc } = link;
  const requireConnection = (doing: string): void => {
    if (!link.connected()) throw new BusError('disconnected', `${doing}: the bus is away`);
  };

  async function request<Name extends SubjectName>(
    name: Name,
    parameters: ParametersOf<Pattern<Name>>,
    message: MessageOf<Name>,
    options: RequestOptions<Name>,
  ): Promise<ReplyOf<Name>> {
    const to = subject(name, parameters);
    requireConnection(to);
    const body = encoder.encode(JSON.stringify(message));
    const requestHeaders = eventHeaders(user, to);
    if (options.signer) requestHeaders.set(signatureHeader, options.signer(body));
    if (options.traceparent) requestHeaders.set('traceparent', options.traceparent);
    // Only the gateway hears `_INBOX.gw.>`; other users are answered in an inbox of their own.
    const address = user === 'gateway' ? replyInbox(options.replier) : inbox(user);
    const fact: SubjectFact = subjects[name];
    const take = (msg: Msg): void => {
      const piece = fact.piece?.safeParse(decode(msg.data));
      if (piece?.success) options.onPiece?.(piece.data as PieceOf<typeof name>);
    };
    const expected = link.replies.expect(address, options.timeoutMs, to, take);
    try {
      nc.publish(to, body, { reply: expected.address, headers: requestHeaders });
    } catch (error) {
      expected.cancel();
      throw toBusError(error, to);
    }
    const reply = await expected.answer;
    if (reply.data.length === 0 && reply.headers?.code === noResponders) {
      throw new BusError('no-responders', `${to}: nobody listens`);
    }
    const info = readError(reply.headers);
    if (info) throw new BusError('refused', `${to}: ${info.message}`, { info });
    const parsed = fact.reply?.safeParse(decode(reply.data));
    if (!parsed?.success) throw new BusError('malformed', `${to}: the answer is not in the contract's words`);
    return parsed.data as ReplyOf<typeof name>;
  }

  return { requireConnection, request };
}
