// Makes of the bytes of a mail the message that the gateway takes; or says why it is none.
import { createHash } from 'node:crypto';
import type { MessageOf } from '@switchboard/contract';
import type { Email } from 'postal-mime';
import { messageIds, parseHead, parseMail, sendersOf } from '../parse-mail.ts';
import { isAuthenticated } from './authentication-results.ts';
import { whatIsSaid } from './said.ts';
import { whyNotTaken } from './screen.ts';

const idCharactersMax = 998;
const addressCharactersMax = 320;
const subjectCharactersMax = 998;

export interface InboxRules {
  /** The address of the mailbox. */
  readonly own: string;
  readonly isAllowed: (address: string) => boolean;
  /** Whose Authentication-Results count, if anybody's. */
  readonly authority: string | undefined;
}

export type Incoming =
  | { readonly message: MessageOf<'inbound'>; readonly passed?: undefined }
  /** Why it is not taken; for the log. */
  | { readonly passed: string; readonly message?: undefined };

/** Its own name, or one made of its bytes: the same whenever it is fetched. */
function nameOf(mail: Email, raw: Uint8Array): string {
  const [id] = messageIds(mail.messageId);
  return id !== undefined && id.length <= idCharactersMax
    ? id
    : `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

/** The first mail of the conversation, which all that answer it name (RFC 5322, 3.6.4). */
function threadOf(mail: Email, own: string): string {
  return messageIds(mail.references)[0] ?? messageIds(mail.inReplyTo)[0] ?? own;
}

/** Never throws. */
export async function readIncoming(raw: Uint8Array, receivedAt: Date, rules: InboxRules): Promise<Incoming> {
  const head = await parseHead(raw);
  const senders = await sendersOf(head);
  const passed = whyNotTaken(head, senders, rules.own);
  if (passed !== undefined) return { passed };
  const address = (senders[0]?.address ?? '').toLowerCase();
  if (address.length > addressCharactersMax || /[\p{Cc}\s]/u.test(address))
    return { passed: 'its sender is no address' };
  if (!rules.isAllowed(address)) return { passed: 'its sender is not in MAIL_ALLOW_FROM' };
  // Only now: taking a mail apart is what costs.
  const mail = await parseMail(raw);
  const text = await whatIsSaid(mail);
  if (text === '') return { passed: 'it says nothing' };
  const messageId = nameOf(mail, raw);
  const subject = (mail.subject ?? '').slice(0, subjectCharactersMax).toWellFormed();
  return {
    message: {
      v: 1,
      messageId,
      address,
      authenticated: rules.authority !== undefined && isAuthenticated(mail, rules.authority, address),
      thread: threadOf(mail, messageId),
      ...(subject !== '' && { subject }),
      receivedAt: receivedAt.toISOString(),
      text,
    },
  };
}
