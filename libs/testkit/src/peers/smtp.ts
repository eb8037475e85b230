// A real SMTP server for tests, which can be told to misbehave.
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

/**
 * cut-in: it goes away in the middle of a message. cut-after: it has taken the message, and goes away without a word.
 * silent: it takes the message and never says so. refuse, later: it says 554, 451 to the whole message.
 */
export type Misbehaviour = 'cut-in' | 'cut-after' | 'silent' | 'refuse' | 'later';

export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface Smtp {
  readonly port: number;
  /** Whole messages, in the order in which their ends came. */
  readonly received: readonly Received[];
  /** What it does with the next messages; undefined: what it should. */
  misbehave: Misbehaviour | undefined;
  /** Recipients that it does not know. */
  readonly strangers: Set<string>;
  /** The messages that have begun to come in. */
  readonly begun: number;
  stop(): Promise<void>;
}

export interface SmtpOptions {
  /** Of everybody. */
  readonly password: string;
  /** PEM: it then offers STARTTLS, and takes no password without it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Any free one. */
  readonly port?: number;
  readonly sizeMax?: number;
  /** Each message that was taken; its sender hears of it once this has resolved. */
  readonly onMessage?: (message: Received) => Promise<void>;
}

function answer(status: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: status });
}

export async function startSmtp(options: SmtpOptions): Promise<Smtp> {
  const received: Received[] = [];
  const strangers = new Set<string>();
  let misbehave: Misbehaviour | undefined;
  let begun = 0;

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    begun += 1;
    if (misbehave === 'cut-in') {
      await once(stream, 'data');
      return cut(session);
    }
    const raw = await buffer(stream);
    if (stream.sizeExceeded) throw answer(552, 'too large');
    if (misbehave === 'refuse') throw answer(554, 'no such thing here');
    if (misbehave === 'later') throw answer(451, 'come again');
    const { mailFrom, rcptTo } = session.envelope;
    const to = rcptTo.map(({ address }) => address);
    const message = { from: mailFrom === false ? '' : mailFrom.address, to, raw: raw.toString('latin1') };
    received.push(message);
    if (misbehave === 'cut-after') return cut(session);
    if (misbehave === 'silent') return new Promise(() => {});
    await options.onMessage?.(message);
  }

  const server = new SMTPServer({
    ...options.tls,
    authOptional: false,
    disabledCommands: options.tls === undefined ? ['STARTTLS'] : [],
    allowInsecureAuth: options.tls === undefined,
    disableReverseLookup: true,
    ...(options.sizeMax !== undefined && { size: options.sizeMax }),
    onAuth({ username, password }, _session, done) {
      // Some servers say back what they were told: it must not come out anywhere.
      if (password === options.password) done(null, { user: username });
      else done(answer(535, `no: ${username} ${password}`));
    },
    onRcptTo: ({ address }, _session, done) => done(strangers.has(address) ? answer(550, 'no such user') : null),
    onData(stream, session, done) {
      take(stream, session).then(
        () => done(null),
        (error: Error) => done(error),
      );
    },
  });
  /** The library keeps the connection of a session to itself. */
  function cut({ id }: SMTPServerSession): Promise<never> {
    for (const connection of server.connections) {
      if (connection.id === id) connection._socket.destroy();
    }
    return new Promise(() => {});
  }
  server.on('error', () => undefined);
  const listening = server.listen(options.port ?? 0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the SMTP server has no port');
  return {
    port: address.port,
    received,
    strangers,
    get begun() {
      return begun;
    },
    get misbehave() {
      return misbehave;
    },
    set misbehave(next) {
      misbehave = next;
    },
    async stop() {
      for (const { _socket } of server.connections) _socket.destroy();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}
