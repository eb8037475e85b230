// Reads the bytes of a mail, however broken they are.

import type { MailAddress } from '@switchboard/contract';
import type { Address, Email } from 'postal-mime';

const nestingMax = 50;
const headerBytesMax = 256 * 1024;

const nothing: Email = { headers: [], headerLines: [], attachments: [] };

/** The header block alone. */
function headOf(raw: Uint8Array): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, headerBytesMax - 1024));
  const end = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at !== -1);
  return bytes.subarray(0, end.length === 0 ? bytes.length : Math.min(...end));
}

/** Never throws: of what cannot be read the headers are left, or nothing. */
export async function parseMail(raw: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  const options = { maxNestingDepth: nestingMax, maxHeadersSize: headerBytesMax, forceRfc822Attachments: true };
  try {
    return await PostalMime.parse(raw, options);
  } catch {
    return parseHead(raw);
  }
}

/** The headers alone: cheap, however large and broken the rest is. Never throws. */
export async function parseHead(raw: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  return await PostalMime.parse(headOf(raw), { maxHeadersSize: headerBytesMax }).catch(() => nothing);
}

/** Everybody whom its From headers name: a mail of a person has one, in one header. */
export async function sendersOf({ headers }: Pick<Email, 'headers'>): Promise<MailAddress[]> {
  const { addressParser } = await import('postal-mime');
  const values = headers.filter(({ key }) => key === 'from').map(({ value }) => value);
  return values.flatMap((value) => mailboxes(addressParser(value)));
}

/** Groups are taken apart; what has no address is left out. */
export function mailboxes(given: readonly Address[] | undefined): MailAddress[] {
  return (given ?? []).flatMap((one) => (one.group === undefined ? [one] : one.group)).flatMap(mailbox);
}

function mailbox({ name, address }: { name: string; address: string }): MailAddress[] {
  return address === '' ? [] : [{ name: name.toWellFormed(), address: address.toWellFormed() }];
}

/** `<a@b> <c@d>` → its Message-IDs, in their order; at most `max`, the first and the last of them. */
export function messageIds(value: string | undefined, max = 20): string[] {
  const all = (value ?? '').match(/<[^\s<>]{1,900}>/g) ?? [];
  return all.length <= max ? all : [...all.slice(0, 1), ...all.slice(1 - max)];
}
