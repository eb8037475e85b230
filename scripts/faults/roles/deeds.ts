// What the agents of every role do in the outside world, and how that world counts it: real servers of the field.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Dovecot, dovecotPackages, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import { startSmtp } from '@switchboard/testkit/peers/smtp';
import { startTryton, type Tryton, whyNoTryton } from '@switchboard/testkit/peers/tryton';
import { projectRoot } from '../../start/settings.ts';
import type { Role } from '../stage/stage.ts';
import { startWebhookSink } from './webhook-sink.ts';

export interface Deed {
  readonly role: Role;
  readonly skill: string;
  readonly input: (key: string) => Readonly<Record<string, unknown>>;
  /** How often it happened; undefined for what only looks. */
  readonly count?: (key: string) => Promise<number>;
}

export interface OutsideWorld {
  readonly settings: Readonly<Record<Role, Readonly<Record<string, string>>>>;
  readonly deeds: readonly Deed[];
  /** What this machine does not have, and so was not tried. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** The outside answers after so long: a kill can come while it does. */
const answerMs = 60;

/** Undefined where its packages cannot be had. */
async function ifPossible<T>(why: string | undefined, start: () => Promise<T>, missing: string[]) {
  if (why === undefined) return await start();
  missing.push(why);
  return undefined;
}

function customerDeed(tryton: Tryton): Deed {
  return {
    role: 'business',
    skill: 'create-customer',
    input: (name) => ({ name }),
    count: async (name) => Number(await tryton.rpc('model.party.party.search_count', [['name', '=', name]])),
  };
}

export async function startOutsideWorld(): Promise<OutsideWorld> {
  const missing: string[] = [];
  const password = randomBytes(9).toString('hex');
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, answerMs));
  const [smtp, sink, site, dovecot, tryton] = await Promise.all([
    startSmtp({ password, onMessage: wait }),
    startWebhookSink(answerMs),
    startHostileSite(),
    ifPossible<Dovecot>((await dovecotPackages()).missing, () => startDovecot({ password }), missing),
    ifPossible<Tryton>(await whyNoTryton(), startTryton, missing),
  ]);
  const imapPort = dovecot?.port ?? 1;
  const deeds: Deed[] = [
    {
      role: 'messenger',
      skill: 'send-mail',
      input: (subject) => ({ to: ['anna@example.org'], subject, text: 'It is done.' }),
      count: async (subject) => smtp.received.filter(({ raw }) => raw.includes(`Subject: ${subject}`)).length,
    },
    {
      role: 'messenger',
      skill: 'notify',
      input: (text) => ({ text, via: 'webhook' }),
      count: async (text) => sink.idsOf(text),
    },
    { role: 'browser', skill: 'take-screenshot', input: () => ({ url: `${site.url}/plain` }) },
    ...(tryton ? [customerDeed(tryton)] : []),
  ];
  return {
    deeds,
    missing,
    settings: {
      browser: { BROWSER_ALLOW_HOSTS: `127.0.0.1:${site.port}`, CHROMIUM_CACHE: join(projectRoot, '.cache') },
      messenger: {
        IMAP_URL: `imap://127.0.0.1:${imapPort}?tls=no`,
        SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no`,
        MAIL_ADDRESS: 'house@example.org',
        MAIL_PASSWORD: password,
        WEBHOOK_URL: sink.url,
        WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      },
      business: tryton ? { ERP_URL: tryton.url, ERP_USER: tryton.user, ERP_PASSWORD: tryton.password } : {},
    },
    async stop() {
      await Promise.all([smtp.stop(), sink.stop(), site.close(), dovecot?.stop(), tryton?.stop()]);
    },
  };
}
