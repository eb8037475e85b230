// MailRead over IMAP.

import type { CallScope } from '@switchboard/agent';
import {
  artifactBytesMax,
  type MailAddress,
  type MailMessage,
  type MailQuery,
  type MailRead,
  type MailSummary,
} from '@switchboard/contract';
import type { FetchMessageObject, ImapFlow, MessageAddressObject, SearchObject } from 'imapflow';
import type { MailAccount } from './account.ts';
import { fileName } from './file-name.ts';
import { mailId, notFound, parseMailId } from './mail-id.ts';
import { mailText } from './mail-text.ts';
import { withMailbox } from './mailbox.ts';
import { mailboxes, messageIds, parseMail } from './parse-mail.ts';

/** Of one mail: the largest attachment that can be passed on, as it is encoded. */
const mailBytesMax = 25 * 1024 * 1024;
const summaryFields = { uid: true, envelope: true, flags: true, internalDate: true, size: true } as const;

export function readMail(account: MailAccount, { signal }: CallScope): MailRead {
  const within = <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> =>
    withMailbox(account, signal, async (client) => {
      const found = await work(client);
      // Over a connection that is gone the library finds nothing, and says so as if it had looked.
      if (!client.usable) throw new Error('the connection was gone before the end');
      return found;
    });
  return {
    search: (query, max) => within((client) => search(client, query, max)),
    read: (id) => within((client) => read(client, id)),
    has: (messageId, folder) => within((client) => has(client, messageId, folder)),
  };
}

/** Mails are looked at without a trace. */
export async function openFolder(client: ImapFlow, folder: string): Promise<bigint> {
  const { uidValidity } = await client.mailboxOpen(folder, { readOnly: true });
  return uidValidity;
}

function criteria({ from, to, subject, words, since, before, unread }: MailQuery): SearchObject {
  const given = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(subject !== undefined && { subject }),
    ...(words !== undefined && { text: words }),
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
    ...(unread !== undefined && { seen: !unread }),
  };
  return Object.keys(given).length === 0 ? { all: true } : given;
}

async function search(client: ImapFlow, query: MailQuery, max: number): ReturnType<MailRead['search']> {
  const uidValidity = await openFolder(client, query.folder);
  const found = (await client.search(criteria(query), { uid: true })) || [];
  const newest = found.toSorted((a, b) => b - a).slice(0, max);
  if (newest.length === 0) return { mails: [], total: 0 };
  const fetched = await client.fetchAll(newest.join(','), summaryFields, { uid: true });
  const mails = fetched.toSorted((a, b) => b.uid - a.uid).map((one) => summaryOf(query.folder, uidValidity, one));
  return { mails, total: found.length };
}

function addresses(list: readonly MessageAddressObject[] = []): MailAddress[] {
  return list.flatMap(({ name = '', address }) => (address ? [{ name, address }] : []));
}

function summaryOf(folder: string, uidValidity: bigint, message: FetchMessageObject): MailSummary {
  const { uid, envelope, flags, internalDate, size = 0 } = message;
  return {
    id: mailId({ folder, uidValidity, uid }),
    from: addresses(envelope?.from)[0],
    to: addresses(envelope?.to),
    subject: envelope?.subject ?? '',
    receivedAt: new Date(internalDate ?? 0),
    unread: flags?.has('\\Seen') !== true,
    bytes: size,
  };
}

async function read(client: ImapFlow, id: string): Promise<MailMessage> {
  const { folder, uidValidity, uid } = parseMailId(id);
  if ((await openFolder(client, folder)) !== uidValidity) throw notFound(id);
  const query = { ...summaryFields, source: { maxLength: mailBytesMax } };
  const message = await client.fetchOne(String(uid), query, { uid: true });
  if (!message || message.source === undefined) throw notFound(id);
  const parsed = await parseMail(message.source);
  const summary = summaryOf(folder, uidValidity, message);
  return {
    ...summary,
    from: mailboxes(parsed.from && [parsed.from])[0] ?? summary.from,
    to: mailboxes(parsed.to),
    cc: mailboxes(parsed.cc),
    subject: parsed.subject ?? summary.subject,
    text: await mailText(parsed),
    attachments: parsed.attachments.flatMap(({ filename, mimeType, content }) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
      if (bytes.length > artifactBytesMax) return [];
      return [{ name: fileName(filename), mediaType: mimeType, content: bytes }];
    }),
    cut: (message.size ?? 0) > message.source.length,
    messageId: messageIds(parsed.messageId)[0],
    references: messageIds(`${parsed.references ?? ''} ${parsed.references ? '' : (parsed.inReplyTo ?? '')}`),
  };
}

/** Where a mail of ours shows up: what we sent, what came back to us, and all of it where the server has such a folder. */
const ownFolders = ['\\Sent', '\\All', '\\Inbox'];

async function has(client: ImapFlow, messageId: string, folder: string | undefined): Promise<boolean> {
  const folders =
    folder === undefined
      ? (await client.list()).filter(({ specialUse }) => ownFolders.includes(specialUse ?? '')).map(({ path }) => path)
      : [folder];
  for (const path of folders) {
    await openFolder(client, path);
    const found = await client.search({ header: { 'message-id': messageId } }, { uid: true });
    if (found && found.length > 0) return true;
  }
  return false;
}
