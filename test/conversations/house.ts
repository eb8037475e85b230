// The servers of a household and a small shop, as far as this machine can run them, and what can be seen to change in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dovecot, dovecotPackages, startDovecot } from '@switchboard/testkit/peers/dovecot';
import { type HostileSite, startHostileSite } from '@switchboard/testkit/peers/hostile-site';
import { type NtfyServer, ntfyPackages, startNtfy } from '@switchboard/testkit/peers/ntfy';
import { type Prosody, prosodyPackages, startProsody } from '@switchboard/testkit/peers/prosody';
import { createShopDatabase, type ShopDatabase } from '@switchboard/testkit/peers/shop-database';
import { type Smtp, startSmtp } from '@switchboard/testkit/peers/smtp';
import { startTryton, type Tryton, whyNoTryton } from '@switchboard/testkit/peers/tryton';
import { z } from 'zod';
import { type GuestsApi, startGuestsApi } from './guests-api.ts';
import { readMail } from './read-mail.ts';
import type { PeerName } from './recording.ts';

const password = 'open-sesame';
const authority = 'mx.example.org';
/** Whose mailbox it is. */
export const owner = 'house@example.org';
const agent = 'agent@example.org';
/** In the chat. */
const people = ['anna'] as const;

/** Why this machine cannot run a peer. */
export async function missingPeers(): Promise<ReadonlyMap<PeerName, string>> {
  const [mailbox, chat, notifications, erp] = await Promise.all([
    dovecotPackages(),
    prosodyPackages(),
    ntfyPackages(),
    whyNoTryton(),
  ]);
  const missing: [PeerName, string | undefined][] = [
    ['mailbox', mailbox.missing],
    ['chat', chat.missing],
    ['notifications', notifications.missing],
    ['erp', erp],
  ];
  return new Map(missing.flatMap(([name, why]) => (why === undefined ? [] : [[name, why] as const])));
}

export interface House {
  /** For the system that works in it. */
  readonly env: Readonly<Record<string, string>>;
  /** Of an API, to be put into its folder. */
  readonly apiFile: string;
  readonly siteUrl: string;
  deliver(raw: string): Promise<void>;
  /** What came from now on counts as new. */
  begin(): Promise<void>;
  /** All that can be changed, by name. */
  look(): Promise<[string, string][]>;
  close(): Promise<void>;
}

interface Peers {
  readonly site: HostileSite;
  readonly smtp: Smtp;
  readonly api: GuestsApi;
  readonly shop: ShopDatabase;
  readonly imap: Dovecot | undefined;
  readonly chat: Prosody | undefined;
  readonly ntfy: NtfyServer | undefined;
  readonly erp: Tryton | undefined;
}

function envOf({ site, smtp, shop, imap, chat, ntfy, erp }: Peers): Record<string, string> {
  return {
    BROWSER_ALLOW_HOSTS: `127.0.0.1:${site.port}`,
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=no`,
    IMAP_URL: `imap://127.0.0.1:${imap?.port ?? 1}?tls=no`,
    MAIL_ADDRESS: owner,
    MAIL_PASSWORD: password,
    MAIL_TRUST_AUTH_RESULTS_OF: authority,
    QUERY_DATABASE_URL: shop.urlFor(shop.role),
    ...(chat && { XMPP_SERVICE: chat.service, XMPP_JID: agent, XMPP_PASSWORD: password }),
    ...(ntfy && { NTFY_URL: ntfy.url, NTFY_TOPIC: ntfy.topic, NTFY_TOKEN: ntfy.tokens.agent }),
    ...(erp && { ERP_URL: erp.url, ERP_USER: erp.user, ERP_PASSWORD: erp.password }),
  };
}

/** By folder and subject: `mail in INBOX: Hello`. A mailbox that nobody has used yet is not there. */
function mailsIn(maildir: string): [string, string][] {
  if (!existsSync(maildir)) return [];
  const folders = readdirSync(maildir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && (entry.name.startsWith('.') || entry.name === 'cur'))
    .map(({ name }) => (name === 'cur' ? '' : name));
  return folders.flatMap((folder) =>
    ['new', 'cur'].flatMap((part) => {
      const place = join(maildir, folder, part);
      const files = readdirSync(place);
      return files.map((file): [string, string] => {
        const { subject } = readMail(readFileSync(join(place, file), 'latin1'));
        return [`mail in ${folder === '' ? 'INBOX' : folder.slice(1)}: ${subject}`, 'there'];
      });
    }),
  );
}

const orderSchema = z.array(z.looseObject({ reference: z.string().nullable(), state: z.string() }));
const partySchema = z.array(z.looseObject({ name: z.string() }));

async function recordsIn({ rpc }: Tryton): Promise<[string, string][]> {
  const orders = orderSchema.parse(await rpc('model.sale.sale.search_read', [], 0, 99, null, ['reference', 'state']));
  const parties = partySchema.parse(await rpc('model.party.party.search_read', [], 0, 99, null, ['name']));
  return [
    ...orders.map(({ reference, state }): [string, string] => [`order ${reference ?? ''}`, state]),
    ...parties.map(({ name }): [string, string] => [`customer ${name}`, 'there']),
  ];
}

/** `name 1`, `name 2`: in the order in which they came. */
const numbered = (name: string, values: readonly string[]): [string, string][] =>
  values.map((value, index) => [`${name} ${index + 1}`, value]);

interface Came {
  readonly sent: readonly string[];
  readonly chatted: readonly string[];
  readonly notified: readonly string[];
  readonly posted: readonly string[];
  readonly called: readonly string[];
}

async function cameTo({ smtp, chat, ntfy, site, api }: Peers): Promise<Came> {
  const posted = site.requests.filter((request) => request.startsWith('POST'));
  const [archives, notifications] = await Promise.all([
    Promise.all(people.map(async (name) => (await chat?.archived(name)) ?? [])),
    ntfy?.messages() ?? [],
  ]);
  return {
    sent: smtp.received.map(({ to, raw }) => `to ${to.join(', ')}\n${readMail(raw).text}`),
    chatted: archives.flat(),
    notified: notifications.map(({ message }) => message),
    posted: posted.map((request, index) => (index === posted.length - 1 ? `${request} ${site.lastForm()}` : request)),
    called: [...api.changes],
  };
}

export async function openHouse(): Promise<House> {
  const missing = await missingPeers();
  const has = <Peer>(name: PeerName, start: () => Promise<Peer>): Promise<Peer> | undefined =>
    missing.has(name) ? undefined : start();
  const users = Object.fromEntries([agent.split('@')[0], ...people].map((name) => [name, password]));
  const [site, smtp, api, shop, imap, chat, ntfy, erp] = await Promise.all([
    startHostileSite(),
    startSmtp({ password }),
    startGuestsApi(),
    createShopDatabase(),
    has('mailbox', () => startDovecot({ password })),
    has('chat', () => startProsody({ users })),
    has('notifications', () => startNtfy()),
    has('erp', () => startTryton()),
  ]);
  const peers: Peers = { site, smtp, api, shop, imap, chat, ntfy, erp };
  let earlier = await cameTo(peers);
  return {
    env: envOf(peers),
    apiFile: api.apiFile,
    siteUrl: site.url,
    deliver: async (raw) => imap?.deliver(owner, raw),
    async begin() {
      earlier = await cameTo(peers);
    },
    async look() {
      const [came, rows, records] = await Promise.all([
        cameTo(peers),
        shop.run('SELECT name, stock FROM products ORDER BY id'),
        erp ? recordsIn(erp) : [],
      ]);
      return [
        ...numbered('sent', came.sent.slice(earlier.sent.length)),
        ...numbered('chat', came.chatted.slice(earlier.chatted.length)),
        ...numbered('notification', came.notified.slice(earlier.notified.length)),
        ...numbered('form', came.posted.slice(earlier.posted.length)),
        ...numbered('guest list', came.called.slice(earlier.called.length)),
        ...rows.map((row): [string, string] => [`product ${String(row['name'])}`, `${String(row['stock'])} in stock`]),
        ...(imap ? mailsIn(imap.folderOf(owner)) : []),
        ...records,
      ];
    },
    async close() {
      await Promise.all([site.close(), smtp.stop(), api.close(), shop.drop()]);
      await Promise.all([imap?.stop(), chat?.stop(), ntfy?.stop(), erp?.stop()]);
    },
  };
}
