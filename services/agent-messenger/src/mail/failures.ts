// What went wrong with a mail server, in the terms that a skill and a person understand. Never holds a password.
import { SkillError, SwitchboardError } from '@switchboard/contract';

/** Nothing was done, and later, or once the operator has mended it, it may work. */
type LaterReason = 'server-away' | 'try-later' | 'wrong-password' | 'no-encryption';

export function later(reason: LaterReason, message: string, cause?: unknown): SwitchboardError {
  return new SwitchboardError('unavailable', message, { reason, cause });
}

/** What the libraries put on their errors. */
interface ServerError {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly authenticationFailed?: unknown;
  readonly serverResponseCode?: unknown;
  readonly mailboxMissing?: unknown;
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_TLS/;

function factsOf(thrown: unknown): ServerError {
  return typeof thrown === 'object' && thrown !== null ? thrown : {};
}

/** A server's own words, short and on one line. */
function saidBy(response: unknown): string {
  if (typeof response !== 'string') return '';
  const line = response.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line === '' ? '' : ` (“${line.slice(0, 200)}”)`;
}

function notTrusted(thrown: unknown): boolean {
  const { code, originalCode } = factsOf(thrown);
  return [code, originalCode].some((one) => typeof one === 'string' && (one === 'ETLS' || certificateCodes.test(one)));
}

function unencrypted(which: string, thrown: unknown): SwitchboardError {
  const { code, originalCode } = factsOf(thrown);
  const named = [originalCode, code].find(
    (one): one is string => typeof one === 'string' && certificateCodes.test(one),
  );
  const why = named === undefined ? 'offers no encryption' : `has a certificate that is not trusted (${named})`;
  return later('no-encryption', `The ${which} ${why}. MAIL_CA_FILE names an authority of one’s own.`, thrown);
}

const passwordWords = 'does not accept the user and password that are set: see MAIL_USER and MAIL_PASSWORD_FILE.';

/** As long as nothing was sent. What is a refusal already passes unchanged. */
export function smtpFailure(thrown: unknown): Error {
  if (thrown instanceof SwitchboardError) return thrown;
  const { code, responseCode, response } = factsOf(thrown);
  const status = typeof responseCode === 'number' ? responseCode : 0;
  if (code === 'EAUTH' && (status === 0 || status >= 500)) {
    // Not the server's words: they may hold what it was sent.
    return later('wrong-password', `The mail server ${passwordWords}`);
  }
  if (notTrusted(thrown)) return unencrypted('mail server', thrown);
  if (code === 'EMESSAGE' && status === 0)
    return new SkillError('too-large', 'The mail is larger than the server takes.');
  if (status === 552) return new SkillError('too-large', `The mail is too large for the server${saidBy(response)}.`);
  if (status >= 500) return new SkillError('refused', `The mail server refused it${saidBy(response)}.`);
  if (status >= 400) return later('try-later', `The mail server cannot take it now${saidBy(response)}.`, thrown);
  return later('server-away', 'The mail server cannot be reached, or went away; nothing was sent.', thrown);
}

export function imapFailure(thrown: unknown): Error {
  if (thrown instanceof SwitchboardError) return thrown;
  const { authenticationFailed, serverResponseCode, mailboxMissing } = factsOf(thrown);
  if (serverResponseCode === 'UNAVAILABLE') return later('try-later', 'The mailbox is busy.', thrown);
  if (authenticationFailed === true) return later('wrong-password', `The mailbox ${passwordWords}`);
  if (mailboxMissing === true || serverResponseCode === 'NONEXISTENT' || serverResponseCode === 'TRYCREATE') {
    return new SkillError('no-folder', 'The mailbox has no such folder.');
  }
  if (notTrusted(thrown)) return unencrypted('mailbox', thrown);
  return later('server-away', 'The mailbox cannot be reached, or went away.', thrown);
}
