// Which mail is meant: the one with this id, or the newest that fits what was said of it.
import { type MailRead, type MailSummary, SkillError } from '@switchboard/contract';

export interface MailWanted {
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  readonly subject?: string | undefined;
  readonly folder: string;
}

export interface MailFound {
  readonly id: string;
  /** How many others fit as well. */
  readonly others: number;
  /** Not there where the id was given. */
  readonly summary?: MailSummary;
}

/** Throws SkillError `not-found` and `no-folder`. */
export async function findMail(mail: MailRead, { id, from, subject, folder }: MailWanted): Promise<MailFound> {
  if (id !== undefined) return { id, others: 0 };
  const query = { folder, ...(from !== undefined && { from }), ...(subject !== undefined && { subject }) };
  const { mails, total } = await mail.search(query, 1);
  const [summary] = mails;
  if (summary === undefined) throw new SkillError('not-found', 'There is no such mail.');
  return { id: summary.id, others: total - 1, summary };
}
