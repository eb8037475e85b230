// What a mail is called outside: its folder, that folder's numbering, and its number in it.
import { SkillError } from '@switchboard/contract';

export interface MailPlace {
  readonly folder: string;
  /** Of the folder's numbers: another one means that they were given anew. */
  readonly uidValidity: bigint;
  readonly uid: number;
}

export function mailId({ folder, uidValidity, uid }: MailPlace): string {
  return `${folder}/${uidValidity}/${uid}`;
}

/** Throws SkillError `not-found`: what is no id names no mail. */
export function parseMailId(id: string): MailPlace {
  const [, folder, validity, uid] = /^(.{1,500})\/(\d{1,10})\/(\d{1,10})$/u.exec(id) ?? [];
  if (folder === undefined || validity === undefined || uid === undefined) throw notFound(id);
  return { folder, uidValidity: BigInt(validity), uid: Number(uid) };
}

export function notFound(id: string): SkillError {
  return new SkillError('not-found', `There is no mail ${id.slice(0, 100)} in the mailbox.`);
}
