// Sends one mail, so that it is always known whether it can have been sent: until its end is let out, it was not.
import type { CallScope } from '@switchboard/agent';
import { type OutgoingMail, type SentMail, SwitchboardError } from '@switchboard/contract';
import { crashPoint } from '@switchboard/service';
import type { MailAccount } from './account.ts';
import { checkMail, compose } from './compose.ts';
import { smtpFailure } from './failures.ts';
import { BrokenMessage, holdBackTheEnd } from './hold-back.ts';
import { openSmtp } from './smtp-session.ts';

/** Who was cut off after the end was let out waits so long for the server's word: less than an agent waits for a call. */
const lastWordMsMax = 8_000;

/** The same for every attempt of a step, so that a mailbox that got two would show them as one. */
export function messageIdOf(invocationId: string, address: string): string {
  const step = invocationId.slice(0, invocationId.lastIndexOf('-'));
  return `<${step}@${address.slice(address.lastIndexOf('@') + 1)}>`;
}

/** Rejects so long after the signal is aborted as `grace` says at that moment. */
function cutOff(signal: AbortSignal, grace: () => number): { promise: Promise<never>; settle(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => reject(signal.reason), grace());
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  return {
    promise,
    settle() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

interface Sending {
  readonly account: MailAccount;
  readonly mail: OutgoingMail;
  readonly scope: CallScope;
  /** Waited for right before the end is let out. */
  readonly beforeEnd: () => Promise<void>;
}

/** Throws as MailExternal.send says. */
export async function sendMail({ account, mail, scope, beforeEnd }: Sending): Promise<SentMail> {
  const { signal } = scope;
  const { recipients, bytes } = checkMail(mail);
  const messageId = messageIdOf(scope.invocationId, account.address);
  /** From here on it may have been sent. */
  let ended = false;
  const cut = cutOff(signal, () => (ended ? lastWordMsMax : 0));
  const message = await compose(mail, account.address, messageId);
  const held = holdBackTheEnd(message, async () => {
    crashPoint('M1');
    await beforeEnd();
    signal.throwIfAborted();
    ended = true;
    crashPoint('M2');
  });
  // Heard all along: it may break before anybody sends it.
  const broken = new Promise<never>((_, reject) => held.on('error', reject));
  broken.catch(() => undefined);
  const opening = openSmtp(account);
  try {
    const session = await Promise.race([opening, broken, cut.promise]);
    const envelope = { from: account.address, to: recipients, size: bytes };
    const { rejected } = await Promise.race([session.send(envelope, held), broken, cut.promise]);
    crashPoint('M3');
    return { messageId, refused: rejected };
  } catch (error) {
    if (ended && !isServersWord(error)) throw new SwitchboardError('outcome-unknown', unknownWords, { cause: error });
    if (signal.aborted) throw signal.reason;
    throw smtpFailure(error instanceof BrokenMessage ? error.cause : error);
  } finally {
    cut.settle();
    message.destroy();
    held.destroy();
    // Also one that is still opening when the call is cut off.
    opening.then(
      (session) => session.close(),
      () => undefined,
    );
  }
}

const unknownWords = 'The mail server went away when the mail was handed over: it may or may not have been sent';

/** The server itself said that it did not take the message. */
function isServersWord(thrown: unknown): boolean {
  return thrown instanceof Error && 'responseCode' in thrown && typeof thrown.responseCode === 'number';
}
