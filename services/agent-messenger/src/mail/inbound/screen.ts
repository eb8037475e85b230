// Which mails are never taken for something that a person said, and so never answered: machines must not talk in circles.
import type { MailAddress } from '@switchboard/contract';
import type { Email } from 'postal-mime';

const hopsMax = 50;
const bulk = new Set(['bulk', 'list', 'junk', 'auto_reply']);
const listHeaders = ['list-id', 'list-unsubscribe', 'list-post', 'list-help', 'feedback-id'];
const automaticHeaders = ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-response-suppress'];
/** Local parts behind which nobody reads. */
const nobody = /^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+-]|$)/i;

/**
 * A sentence about the mail, or undefined for one that a person may have written. `senders` are all that it names; `own` is
 * the address of this mailbox.
 */
export function whyNotTaken(
  mail: Pick<Email, 'headers'>,
  senders: readonly MailAddress[],
  own: string,
): string | undefined {
  const valuesOf = (name: string): string[] =>
    mail.headers.flatMap(({ key, value }) => (key === name ? [value.trim()] : []));
  const firstOf = (name: string): string => (valuesOf(name)[0] ?? '').toLowerCase();
  const [sender] = senders;
  if (sender === undefined || senders.length > 1) return 'it is not from one sender';
  const local = sender.address.slice(0, sender.address.lastIndexOf('@'));
  if (local === '') return 'its sender is no address';
  if (sender.address.toLowerCase() === own.toLowerCase()) return 'it is from this mailbox itself';
  if (nobody.test(local)) return 'nobody reads what is sent to its sender';
  if (firstOf('return-path') === '<>') return 'it is a report of a mail server';
  if (firstOf('content-type').startsWith('multipart/report')) return 'it is a report of a mail server';
  const automatic = firstOf('auto-submitted');
  if (automatic !== '' && !/^no\b/.test(automatic)) return 'a machine answered';
  if (automaticHeaders.some((name) => valuesOf(name).length > 0)) return 'a machine answered';
  if (bulk.has(firstOf('precedence'))) return 'it went to many';
  if (listHeaders.some((name) => valuesOf(name).length > 0)) return 'it came over a list';
  if (valuesOf('received').length > hopsMax) return 'it goes in circles';
  return undefined;
}
