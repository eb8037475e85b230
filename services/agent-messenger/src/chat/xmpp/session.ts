// One connection to an XMPP server, from login to its end; a new one is made for the next, and nothing of this one is kept.
import { Socket } from 'node:net';
import { client, xml } from '@xmpp/client';
import { namespaces } from './namespaces.ts';
import { attribute, type Element } from './read-message.ts';

/** Connecting, securing, logging in and binding, together. */
const loginMsMax = 30_000;
/** Of one step of that. */
const stepMsMax = 15_000;
const askMsMax = 20_000;
/** A connection that says nothing for so long is asked whether it is still there. */
const aliveEveryMs = 60_000;
const goodbyeMsMax = 800;
/** The server lets only one device of an account have it: what is left of an earlier connection ends with the next. */
const resource = 'switchboard';

export interface SessionOptions {
  /** `xmpp://host:5222` or `xmpps://host:5223` */
  readonly service: string;
  /** `agent@example.org` */
  readonly address: string;
  readonly password: string;
  /** A connection without TLS is ended before anything secret is said. */
  readonly mayBePlain: boolean;
}

export interface Session {
  /** The server keeps an archive of this account that can be asked (XEP-0313). */
  readonly hasArchive: boolean;
  /** Aborted when it is over, with why. */
  readonly over: AbortSignal;
  /** False as soon as the server has hung up, which is a moment before it is over: nothing can be sent any more. */
  isOpen(): boolean;
  /** Says that the agent is there: from then on the server hands over what comes, and what came before. */
  appear(): Promise<void>;
  /** Resolves when it is on its way; that it arrived, only an answer tells. Throws when it is over. */
  send(stanza: Element): Promise<void>;
  /** The answer to an iq. Throws when it is an error, when none comes in time, and when the session is over. */
  ask(iq: Element): Promise<Element>;
  /** Resolves when the server has dealt with all that was sent before: it takes one after another (RFC 6120, 10.1). */
  settle(): Promise<void>;
  /** Hears every message stanza from now on. What it returns ends that. */
  onMessage(listener: (stanza: Element) => void): () => void;
  /** Within a second. May be called again. */
  close(): Promise<void>;
}

type Client = ReturnType<typeof client>;

/** Throws why it could not log in; nothing is left then. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const [username = '', domain = ''] = options.address.split('@');
  const over = new AbortController();
  const xmpp = client({
    service: options.service,
    domain,
    resource,
    timeout: stepMsMax,
    async credentials(authenticate, mechanisms, _fast, entity) {
      const isSecure = entity.isSecure();
      if (!isSecure && !options.mayBePlain) throw new Error('the server does not offer TLS');
      const mechanism = mechanisms.find((offered) => offered.startsWith('SCRAM-') || (isSecure && offered === 'PLAIN'));
      if (mechanism === undefined) throw new Error('the server offers no way to log in that is safe here');
      await authenticate({ username, password: options.password }, mechanism, xml('user-agent'));
    },
  });
  // It would connect again by itself, without end and always as fast.
  xmpp.reconnect.stop();
  let problem: Error | undefined;
  xmpp.on('error', (error) => {
    problem ??= error;
  });
  xmpp.on('status', () => readWholeCharacters(xmpp));
  xmpp.prependListener('element', withoutStreamManagement);
  xmpp.on('disconnect', () => over.abort(problem ?? new Error('the connection ended')));
  const close = (): Promise<void> => closeClient(xmpp, over);
  try {
    // The library goes on waiting for a server that has hung up.
    const end = AbortSignal.any([signal, over.signal, AbortSignal.timeout(loginMsMax)]);
    await until(xmpp.start(), end);
    const session = await createSession(xmpp, options.address, over.signal, close);
    signal.throwIfAborted();
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

async function createSession(
  xmpp: Client,
  address: string,
  over: AbortSignal,
  close: () => Promise<void>,
): Promise<Session> {
  const ask = (iq: Element): Promise<Element> => until(xmpp.iqCaller.request(iq, askMsMax), over);
  /** undefined for a server that does not know what it is asked, which is an answer too. */
  const askWhether = (question: Element, to?: string): Promise<Element | undefined> =>
    ask(xml('iq', { type: 'get', ...(to === undefined ? {} : { to }) }, question)).catch((error: unknown) => {
      if (!isStanzaError(error)) throw error;
      return undefined;
    });
  const settle = async (): Promise<void> => {
    await askWhether(xml('ping', namespaces.ping));
  };
  const about = await askWhether(xml('query', namespaces.disco), address);
  const features = about?.getChild('query', namespaces.disco)?.getChildren('feature') ?? [];
  const hasArchive = features.some((feature) => attribute(feature, 'var') === namespaces.archive);
  const alive = setInterval(() => void settle().catch(close), aliveEveryMs);
  over.addEventListener('abort', () => clearInterval(alive));
  return {
    hasArchive,
    over,
    isOpen: () => !over.aborted && rawSocket(xmpp.socket)?.writable === true && xmpp.status === 'online',
    ask,
    settle,
    close,
    appear: () => until(xmpp.send(xml('presence')), over),
    send: (stanza) => until(xmpp.send(stanza), over),
    onMessage(listener) {
      const heard = (stanza: Element): void => {
        if (stanza.name === 'message') listener(stanza);
      };
      xmpp.on('stanza', heard);
      return () => void xmpp.off('stanza', heard);
    },
  };
}

/** What the other side answered, as opposed to that nothing came. */
function isStanzaError(error: unknown): boolean {
  return error instanceof Error && error.name === 'StanzaError';
}

/** The promise, or the signal's reason when that comes first. */
export async function until<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    // Whichever lost may still fail.
    promise.catch(() => undefined);
    aborted.catch(() => undefined);
  }
}

/** The library decodes each piece by itself, and would break a character that lies in two. */
function readWholeCharacters({ socket }: Client): void {
  rawSocket(socket)?.setEncoding('utf8');
}

/** Its socket over TLS is one around another. */
function rawSocket(socket: unknown): Socket | undefined {
  if (socket instanceof Socket) return socket;
  const inner = typeof socket === 'object' && socket !== null && 'socket' in socket ? socket.socket : undefined;
  return inner instanceof Socket ? inner : undefined;
}

/**
 * The library counts wrongly what it has received (answers to its own questions not at all, what comes in one piece with
 * the start of counting twice), and servers end a session for that. Nothing here rests on it: what was missed is in the
 * archive, and `settle` tells what has arrived.
 */
function withoutStreamManagement(element: Element): void {
  if (!element.is('features', namespaces.streams)) return;
  for (const namespace of namespaces.streamManagement) element.remove('sm', namespace);
}

async function closeClient(xmpp: Client, over: AbortController): Promise<void> {
  const socket = rawSocket(xmpp.socket);
  if (!over.signal.aborted && socket !== undefined) {
    const goodbye = AbortSignal.timeout(goodbyeMsMax);
    await until(xmpp.stop(), goodbye).catch(() => undefined);
  }
  socket?.destroy();
  over.abort(new Error('the connection was closed'));
}
