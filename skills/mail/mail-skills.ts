// The skills over the mailbox, in the order in which they are shown; the last one is for the gateway alone.
import type { Skill } from '@switchboard/contract';
import { contract as moveMail } from './move-mail/contract.ts';
import { handler as moveMailHandler } from './move-mail/handler.ts';
import { contract as readMail } from './read-mail/contract.ts';
import { handler as readMailHandler } from './read-mail/handler.ts';
import { contract as replyMail } from './reply-mail/contract.ts';
import { handler as replyMailHandler } from './reply-mail/handler.ts';
import { contract as searchMail } from './search-mail/contract.ts';
import { handler as searchMailHandler } from './search-mail/handler.ts';
import { contract as sendMail } from './send-mail/contract.ts';
import { handler as sendMailHandler } from './send-mail/handler.ts';

export const mailSkills: readonly Skill[] = [
  { contract: searchMail, handler: searchMailHandler },
  { contract: readMail, handler: readMailHandler },
  { contract: sendMail, handler: sendMailHandler },
  { contract: moveMail, handler: moveMailHandler },
  { contract: replyMail, handler: replyMailHandler },
];
