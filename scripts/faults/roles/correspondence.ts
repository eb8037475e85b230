// People who write mails to the house, and read what comes back: over a real mailbox and a real mail server.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startDovecot } from '@switchboard/testkit/peers/dovecot';
import { startSmtp } from '@switchboard/testkit/peers/smtp';

/** Several, because one may write only so many in a minute. */
const people = ['anna@example.org', 'bo@example.org', 'cleo@example.org'] as const;
const house = 'house@example.org';
/** What the receiving mail server calls itself where it says that a mail is from whom it says. */
const authority = 'mx.example.org';

export interface Correspondence {
  readonly people: readonly string[];
  /** Of the messenger. */
  readonly settings: Readonly<Record<string, string>>;
  /** One of them writes a mail in a thread of its own; the id by which its answers are known. */
  write(from: string, text: string): Promise<string>;
  /** The answers that came into its thread. */
  answers(id: string): readonly string[];
  stop(): Promise<void>;
}

/** The server says so after `answerMs` that it has taken a mail: a kill can come while it does. */
export async function startCorrespondence(answerMs: number): Promise<Correspondence> {
  const password = randomBytes(9).toString('hex');
  const [imap, smtp] = await Promise.all([
    startDovecot({ password }),
    startSmtp({ password, onMessage: () => delay(answerMs) }),
  ]);
  let mails = 0;
  return {
    people,
    settings: {
      IMAP_URL: `imap://127.0.0.1:${imap.port}?tls=no`,
      SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no`,
      MAIL_ADDRESS: house,
      MAIL_PASSWORD: password,
      MAIL_ALLOW_FROM: people.join(', '),
      MAIL_TRUST_AUTH_RESULTS_OF: authority,
    },
    async write(from, text) {
      const id = `<m${++mails}@example.org>`;
      const lines = [
        `Authentication-Results: ${authority}; dmarc=pass header.from=example.org`,
        `From: ${from}`,
        `To: ${house}`,
        `Message-ID: ${id}`,
        `Date: ${new Date().toUTCString()}`,
        'Subject: please',
        '',
        text,
        '',
      ];
      await imap.deliver(house, lines.join('\r\n'));
      return id;
    },
    answers: (id) => smtp.received.flatMap(({ raw }) => (raw.includes(`In-Reply-To: ${id}`) ? [raw] : [])),
    async stop() {
      await Promise.all([imap.stop(), smtp.stop()]);
    },
  };
}
