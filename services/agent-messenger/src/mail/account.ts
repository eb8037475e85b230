// The mailbox that this deployment has: where its servers are, how they are spoken to, and whose it is.
import { isIP } from 'node:net';
import { SettingError } from '@switchboard/service';
import { z } from 'zod';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte. starttls: before anything that matters. none: on this machine only. */
  readonly encryption: 'tls' | 'starttls' | 'none';
}

export interface MailAccount {
  readonly imap: MailServer;
  readonly smtp: MailServer;
  /** What mails are sent from, and come to. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** PEM of the authority that the servers' certificates come from, where the system does not know it. */
  readonly ca: string | undefined;
}

/** The settings of the mailbox: all of it, or none. */
export const mailSettings = {
  IMAP_URL: z
    .url({ protocol: /^imaps?$/ })
    .optional()
    .describe('the mailbox: imaps://host, or imap://host for STARTTLS; imap://127.0.0.1:143?tls=no on this machine'),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('the way out: smtps://host, or smtp://host for STARTTLS; smtp://127.0.0.1:25?tls=no on this machine'),
  MAIL_ADDRESS: z.email().optional().describe('address of the mailbox: what it sends is from there'),
  MAIL_USER: z.string().min(1).optional().describe('name to log in with, where it is not MAIL_ADDRESS'),
  MAIL_PASSWORD: z.string().min(1).optional().describe('better given as MAIL_PASSWORD_FILE'),
  MAIL_CA: z
    .string()
    .optional()
    .describe('certificate authority (PEM) of servers with a certificate of their own; better given as MAIL_CA_FILE'),
  MAIL_ALLOW_FROM: z
    .string()
    .max(10_000)
    .optional()
    .describe(
      'whose mails are taken as messages: addresses and domains, with commas, or `*` for everybody’s; nobody’s when absent',
    ),
  MAIL_TRUST_AUTH_RESULTS_OF: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'the name that the receiving mail server writes into Authentication-Results (its authserv-id); what it says there proves who wrote a mail',
    ),
};
export type MailSettings = z.output<z.ZodObject<typeof mailSettings>>;

const needed = ['IMAP_URL', 'SMTP_URL', 'MAIL_ADDRESS', 'MAIL_PASSWORD'] as const;
const ports = { 'imap:': 143, 'imaps:': 993, 'smtp:': 587, 'smtps:': 465 } as const;

function isOnThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function serverOf(setting: string, text: string): MailServer {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const [, known] = Object.entries(ports).find(([protocol]) => protocol === url.protocol) ?? [];
  if (host === '' || known === undefined) throw new SettingError(`${setting}: it names no server`);
  const open = url.searchParams.get('tls') === 'no';
  if (open && !isOnThisMachine(host)) {
    throw new SettingError(`${setting}: tls=no would send the password in the clear to ${host}`);
  }
  const encryption = open ? 'none' : url.protocol.endsWith('s:') ? 'tls' : 'starttls';
  return { host, port: url.port === '' ? known : Number(url.port), encryption };
}

/**
 * The account, or a sentence that says which settings give one. Throws SettingError where they are there and cannot be
 * used.
 */
export function mailAccount(settings: MailSettings): MailAccount | string {
  const { IMAP_URL, SMTP_URL, MAIL_ADDRESS, MAIL_USER, MAIL_PASSWORD, MAIL_CA } = settings;
  if (!IMAP_URL || !SMTP_URL || !MAIL_ADDRESS || !MAIL_PASSWORD) {
    const missing = needed.filter((name) => !settings[name]);
    const named = missing.map((name) => (name === 'MAIL_PASSWORD' ? 'MAIL_PASSWORD_FILE' : name));
    return `no mailbox is configured: set ${named.join(', ').replace(/, ([^,]*)$/, ' and $1')}`;
  }
  return {
    imap: serverOf('IMAP_URL', IMAP_URL),
    smtp: serverOf('SMTP_URL', SMTP_URL),
    address: MAIL_ADDRESS,
    user: MAIL_USER ?? MAIL_ADDRESS,
    password: MAIL_PASSWORD,
    ca: MAIL_CA,
  };
}
