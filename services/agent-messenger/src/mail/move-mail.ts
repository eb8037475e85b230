// MailWrite over IMAP.
import type { CallScope } from '@switchboard/agent';
import { type MailWrite, SkillError, SwitchboardError } from '@switchboard/contract';
import type { MailAccount } from './account.ts';
import { notFound, parseMailId } from './mail-id.ts';
import { withMailbox } from './mailbox.ts';

export function moveMail(account: MailAccount, { signal }: CallScope): MailWrite {
  return {
    move: (id, folder) =>
      withMailbox(account, signal, async (client) => {
        const place = parseMailId(id);
        const folders = await client.list();
        if (!folders.some(({ path }) => path === folder)) {
          throw new SkillError('no-folder', `The mailbox has no folder ${folder.slice(0, 100)}.`);
        }
        const { uidValidity } = await client.mailboxOpen(place.folder);
        const there =
          uidValidity === place.uidValidity && (await client.fetchOne(String(place.uid), { uid: true }, { uid: true }));
        if (!there) throw notFound(id);
        const moved = await client.messageMove(String(place.uid), folder, { uid: true }).catch(() => false as const);
        if (moved) return;
        if (client.usable) throw new SkillError('not-moved', 'The mail server did not move it.');
        throw new SwitchboardError('outcome-unknown', 'The mail server went away when the mail was to be moved');
      }),
  };
}
