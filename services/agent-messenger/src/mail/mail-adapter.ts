// The mail capability of the messenger: one mailbox, and the way out of it.
import type { CapabilityAdapters } from '@switchboard/agent';
import type { MailAccount } from './account.ts';
import { moveMail } from './move-mail.ts';
import { readMail } from './read-mail.ts';
import { messageIdOf, sendMail } from './send-mail.ts';

export { type MailAccount, mailAccount } from './account.ts';

/** Opens nothing: each call has a connection of its own. */
export function createMailAdapter(account: MailAccount): Required<NonNullable<CapabilityAdapters['mail']>> {
  return {
    read: (scope) => readMail(account, scope),
    write: (scope) => moveMail(account, scope),
    external: (scope) => ({
      messageId: () => messageIdOf(scope.invocationId, account.address),
      send: (mail, beforeEnd) => sendMail({ account, mail, scope, beforeEnd }),
    }),
  };
}
