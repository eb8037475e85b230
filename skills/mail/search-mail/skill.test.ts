// search-mail finds what is there, and shows no more of it than it is asked for.
import { describe } from 'vitest';
import { describeSkill, noMailbox, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noMailbox)('search-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);
});
