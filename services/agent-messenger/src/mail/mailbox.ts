// A connection to the mailbox for one call: opened, used and closed, and cut when the call is.
import { SkillError } from '@switchboard/contract';
import type { ImapFlow } from 'imapflow';
import type { MailAccount } from './account.ts';
import { imapFailure } from './failures.ts';

const connectMsMax = 15_000;
const silenceMsMax = 60_000;
/** Of one answer of the server: a mail is read in pieces. */
const answerBytesMax = 64 * 1024 * 1024;

/** Not connected yet. `idle`: it stays, and is told of new mail. */
export async function newClient({ imap, ca, user, password }: MailAccount, idle = false): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow');
  const client = new ImapFlow({
    host: imap.host,
    port: imap.port,
    secure: imap.encryption === 'tls',
    ...(imap.encryption === 'tls' ? {} : { doSTARTTLS: imap.encryption === 'starttls' }),
    auth: { user, pass: password },
    logger: false,
    connectionTimeout: connectMsMax,
    greetingTimeout: connectMsMax,
    socketTimeout: idle ? idleMsMax + silenceMsMax : silenceMsMax,
    maxLiteralSize: answerBytesMax,
    maxResponseSize: answerBytesMax + 1024 * 1024,
    maxLineLength: answerBytesMax,
    ...(idle ? { autoIdleDelay: 200, maxIdleTime: idleMsMax } : { disableAutoIdle: true }),
    ...(ca !== undefined && { tls: { ca } }),
  });
  // Whoever uses it is told by what they asked for.
  client.on('error', () => undefined);
  return client;
}

/** A server that went away without a word is noticed after so long. */
const idleMsMax = 4 * 60_000;

/** Throws the signal's reason, and else as MailRead says. */
export async function withMailbox<T>(
  account: MailAccount,
  signal: AbortSignal,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = await newClient(account);
  const cut = (): void => client.close();
  signal.addEventListener('abort', cut);
  try {
    await client.connect();
    signal.throwIfAborted();
    const result = await work(client);
    // Nothing depends on a good-bye.
    client.logout().catch(() => undefined);
    return result;
  } catch (error) {
    // The library finds nothing over a connection that is gone: that says nothing about what is there.
    const blind = error instanceof SkillError && !client.usable;
    client.close();
    signal.throwIfAborted();
    throw imapFailure(blind ? undefined : error);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
