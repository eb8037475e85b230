// The bus as services see it: typed by the subject map, parsed at the edge, with a deadline on every request.
import {
  agentInbox,
  type ErrorInfo,
  errorFacts,
  isBoundedJson,
  type MessageOf,
  type ParametersOf,
  type Pattern,
  parseSubject,
  type ReplyOf,
  replyInbox,
  type SubjectFact,
  type SubjectName,
  SwitchboardError,
  subject,
  subjectFilter,
  subjects,
  toErrorInfo,
} from '@switchboard/contract';
import { headers, type Msg, type MsgHdrs } from 'nats';
import { type BusOptions, type Link, openLink } from './connect.ts';
import { BusError, readError, toBusError, writeError } from './errors.ts';
import { eventHeaders } from './headers.ts';
import type { Signer, Verifier } from './signing.ts';

const signatureHeader = 'sb-signature';
/** What the server itself answers when nobody has subscribed. */
const noResponders = 503;
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

export interface RequestOptions {
  /** The whole wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Who will answer: the reply goes where only this user may publish. */
  readonly replier: string;
  readonly signer?: Signer;
  /** W3C trace context, passed on. */
  readonly traceparent?: string;
}

export interface Heard<Name extends SubjectName> {
  readonly message: MessageOf<Name>;
  readonly parameters: ParametersOf<Pattern<Name>>;
  readonly traceparent: string | undefined;
}

export interface ListenOptions<Name extends SubjectName> {
  /** Fix some parameters of the subject; the others match anything. */
  readonly parameters?: Partial<ParametersOf<Pattern<Name>>>;
  /** One of those who listen under the same name gets each message; where the subject map names a queue, that one. */
  readonly queue?: string;
  /** Refuse what this verifier does not accept. */
  readonly verifier?: Verifier;
  /** Told of every message that was refused unread or could not be answered; for the log and the audit. */
  readonly onRefused?: (info: ErrorInfo, subject: string) => void;
}

export interface Subscription {
  /** Stops taking messages; those already taken are finished. */
  drain(): Promise<void>;
}

export interface Bus {
  readonly user: string;
  connected(): boolean;
  /** Says something to whoever listens. Throws BusError `disconnected` rather than keeping it for later. */
  publish<Name extends SubjectName>(
    name: Name,
    parameters: ParametersOf<Pattern<Name>>,
    message: MessageOf<Name>,
  ): void;
  /** Asks and waits for the answer. Throws BusError; see its kinds for what is known then. */
  request<Name extends SubjectName>(
    name: Name,
    parameters: ParametersOf<Pattern<Name>>,
    message: MessageOf<Name>,
    options: RequestOptions,
  ): Promise<ReplyOf<Name>>;
  /** Answers requests. A SwitchboardError that the handler throws reaches the asker; anything else becomes `internal`. */
  respond<Name extends SubjectName>(
    name: Name,
    handler: (heard: Heard<Name>) => Promise<ReplyOf<Name>>,
    options?: ListenOptions<Name>,
  ): Subscription;
  /** Hears what is published. */
  listen<Name extends SubjectName>(
    name: Name,
    handler: (heard: Heard<Name>) => void,
    options?: ListenOptions<Name>,
  ): Subscription;
  /** Waits until the broker has taken in everything said so far, subscriptions included. */
  flush(): Promise<void>;
  /** Finishes what was taken, then closes. */
  drain(): Promise<void>;
  /** Closes at once. */
  close(): Promise<void>;
}

/** Messages on a replyless subject may come back to their sender as acknowledgements: they carry no text. */
function parse<Name extends SubjectName>(name: Name, msg: Msg, options: ListenOptions<Name>): Heard<Name> {
  const parameters = parseSubject(name, msg.subject);
  if (parameters === undefined) throw new SwitchboardError('invalid-request', `${msg.subject} is not ${name}`);
  if (options.verifier && !options.verifier(msg.data, msg.headers?.get(signatureHeader) ?? '')) {
    throw new SwitchboardError('unauthenticated', 'The signature is missing or wrong');
  }
  const parsed = subjects[name].message.safeParse(decode(msg.data));
  if (!parsed.success) {
    throw new SwitchboardError('contract-mismatch', `Not a ${name} message of this version: ${parsed.error.message}`);
  }
  const traceparent = msg.headers?.get('traceparent') || undefined;
  return { message: parsed.data as MessageOf<Name>, parameters, traceparent };
}

/** An agent is answered where it alone listens: whoever answers may be allowed to say more than the one who asks. */
function answersTheAsker(name: SubjectName, { subject: asked, reply }: Msg): boolean {
  const fact: SubjectFact = subjects[name];
  if (!fact.saidBy.includes('agent')) return true;
  const { agent }: { agent?: string } = parseSubject(name, asked) ?? {};
  return agent !== undefined && reply?.startsWith(`${agentInbox(agent)}.`) === true;
}

function decode(data: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(decoder.decode(data));
    return isBoundedJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function createBus(link: Link, user: string): Bus {
  const { nc } = link;
  const requireConnection = (doing: string): void => {
    if (!link.connected()) throw new BusError('disconnected', `${doing}: the bus is away`);
  };

  async function answer(msg: Msg, reply: () => Promise<unknown>, refused: (info: ErrorInfo) => void): Promise<void> {
    let body: Uint8Array = new Uint8Array();
    let answerHeaders: MsgHdrs | undefined;
    try {
      body = encoder.encode(JSON.stringify(await reply()));
    } catch (error) {
      const info = toErrorInfo(error);
      refused(error instanceof SwitchboardError ? info : { ...info, message: String(error) });
      answerHeaders = headers();
      writeError(answerHeaders, info, errorFacts[info.code].status);
    }
    try {
      msg.respond(body, answerHeaders ? { headers: answerHeaders } : {});
    } catch (error) {
      refused({ code: 'unavailable', message: `could not answer: ${String(error)}` });
    }
  }

  function subscribe<Name extends SubjectName>(
    name: Name,
    options: ListenOptions<Name>,
    take: (msg: Msg, refused: (info: ErrorInfo) => void) => void,
  ): Subscription {
    const fact: SubjectFact = subjects[name];
    const queue = fact.queue ?? options.queue;
    const subscription = nc.subscribe(subjectFilter(name, options.parameters), {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, msg) => {
        if (error) options.onRefused?.({ code: 'unavailable', message: error.message }, subjectFilter(name));
        else take(msg, (info) => options.onRefused?.(info, msg.subject));
      },
    });
    return { drain: () => subscription.drain() };
  }

  return {
    user,
    connected: link.connected,
    publish(name, parameters, message) {
      const to = subject(name, parameters);
      requireConnection(to);
      nc.publish(to, JSON.stringify(message), { headers: eventHeaders(user, to) });
    },
    async request(name, parameters, message, options) {
      const to = subject(name, parameters);
      requireConnection(to);
      const body = encoder.encode(JSON.stringify(message));
      const requestHeaders = eventHeaders(user, to);
      if (options.signer) requestHeaders.set(signatureHeader, options.signer(body));
      if (options.traceparent) requestHeaders.set('traceparent', options.traceparent);
      // Only the gateway hears `_INBOX.gw.>`; other users are answered in an inbox of their own.
      const inbox = user === 'gateway' ? replyInbox(options.replier) : agentInbox(user);
      const expected = link.replies.expect(inbox, options.timeoutMs, to);
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
      const fact: SubjectFact = subjects[name];
      const parsed = fact.reply?.safeParse(decode(reply.data));
      if (!parsed?.success) throw new BusError('malformed', `${to}: the answer is not in the contract's words`);
      return parsed.data as ReplyOf<typeof name>;
    },
    respond(name, handler, options = {}) {
      return subscribe(name, options, (msg, refused) => {
        if (answersTheAsker(name, msg)) void answer(msg, async () => handler(parse(name, msg, options)), refused);
        else refused({ code: 'forbidden', message: 'The answer was wanted where others listen' });
      });
    },
    listen(name, handler, options = {}) {
      return subscribe(name, options, (msg, refused) => {
        try {
          handler(parse(name, msg, options));
        } catch (error) {
          refused(error instanceof SwitchboardError ? error.toInfo() : { code: 'internal', message: String(error) });
        }
      });
    },
    flush: () => nc.flush(),
    drain: () => nc.drain(),
    close: () => nc.close(),
  };
}

/** Connects as one user. Throws when the broker cannot be reached, refuses the user, or is too old. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  return createBus(await openLink(options), options.user);
}
