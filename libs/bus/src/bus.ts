// The bus as services see it: typed by the subject map, parsed at the edge, with a deadline on every request.
import {
  type ErrorInfo,
  errorFacts,
  inbox,
  type MessageOf,
  type ParametersOf,
  type Pattern,
  type PieceOf,
  parseSubject,
  type ReplyOf,
  type Role,
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
import { writeError } from './errors.ts';
import { eventHeaders } from './headers.ts';
import { pieceHeader } from './replies.ts';
import { createRequest, type RequestOptions } from './request.ts';
import type { Verifier } from './signing.ts';
import { decode, encoder, signatureHeader } from './wire.ts';

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
    options: RequestOptions<Name>,
  ): Promise<ReplyOf<Name>>;
  /**
   * Answers requests. A SwitchboardError that the handler throws reaches the asker; anything else becomes `internal`.
   * `say` sends a piece ahead of the answer; one that cannot be sent is lost.
   */
  respond<Name extends SubjectName>(
    name: Name,
    handler: (heard: Heard<Name>, say: (piece: PieceOf<Name>) => void) => Promise<ReplyOf<Name>>,
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

/** The user who may have asked; undefined: the gateway, which may say more than whoever answers it. */
function askerOf(name: SubjectName, asked: string): string | undefined {
  const [role]: readonly Role[] = subjects[name].saidBy;
  if (role === 'gateway') return undefined;
  const { agent, service }: { agent?: string; service?: string } = parseSubject(name, asked) ?? {};
  return agent ?? service ?? role;
}

/** Who asks is answered where they alone listen: whoever answers may be allowed to say more than the one who asks. */
function answersTheAsker(name: SubjectName, { subject: asked, reply }: Msg): boolean {
  const asker = askerOf(name, asked);
  return asker === undefined || reply?.startsWith(`${inbox(asker)}.`) === true;
}

export function createBus(link: Link, user: string): Bus {
  const { nc } = link;
  const { requireConnection, request } = createRequest(link, user);

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
    request,
    respond(name, handler, options = {}) {
      return subscribe(name, options, (msg, refused) => {
        const say = (piece: unknown): void => {
          const attributes = headers();
          attributes.set(pieceHeader, '1');
          if (link.connected()) msg.respond(encoder.encode(JSON.stringify(piece)), { headers: attributes });
        };
        if (answersTheAsker(name, msg)) void answer(msg, async () => handler(parse(name, msg, options), say), refused);
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
