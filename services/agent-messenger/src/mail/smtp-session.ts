// One connection to the mail server that takes our mails, encrypted and logged in.
import type { Readable } from 'node:stream';
import type { MailAccount } from './account.ts';

const connectMsMax = 15_000;
/** Without a byte in either direction; the server may take long over the end of a message. */
const silenceMsMax = 90_000;

export interface SmtpSession {
  /** Rejects with the server's refusal, and when the connection breaks. Once only. */
  send(
    envelope: { from: string; to: readonly string[]; size: number },
    message: Readable,
  ): Promise<{ rejected: readonly string[] }>;
  /** Ends it politely when there is nothing under way, else at once. May be called again. */
  close(): void;
}

/** Rejects with the library's errors. */
export async function openSmtp({ smtp, ca, user, password, address }: MailAccount): Promise<SmtpSession> {
  const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection');
  const connection = new SMTPConnection({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.encryption === 'tls',
    requireTLS: smtp.encryption === 'starttls',
    ignoreTLS: smtp.encryption === 'none',
    name: address.slice(address.lastIndexOf('@') + 1),
    connectionTimeout: connectMsMax,
    greetingTimeout: connectMsMax,
    dnsTimeout: connectMsMax,
    socketTimeout: silenceMsMax,
    ...(ca !== undefined && { tls: { ca } }),
  });
  const broken = new Promise<never>((_, reject) => connection.on('error', reject));
  // It may break when nobody waits for it any more.
  broken.catch(() => undefined);
  const step = <T>(
    work: (done: (error: Error | null | undefined, result?: T) => void) => void,
  ): Promise<T | undefined> => {
    const asked = new Promise<T | undefined>((resolve, reject) =>
      work((error, result) => (error ? reject(error) : resolve(result))),
    );
    return Promise.race([asked, broken]);
  };
  try {
    await step((done) => connection.connect(done));
    if (connection.allowsAuth) await step((done) => connection.login({ user, pass: password }, done));
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    async send(envelope, message) {
      const sent = await step<{ rejected: string[] }>((done) =>
        connection.send({ ...envelope, to: [...envelope.to] }, message, done),
      );
      return { rejected: sent?.rejected ?? [] };
    },
    close: () => connection.close(),
  };
}
