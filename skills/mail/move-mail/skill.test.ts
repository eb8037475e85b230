// move-mail keeps its word over real servers.
import { describe } from 'vitest';
import { describeSkill, noMailbox, useMail } from '../testing.ts';
import { contract } from './contract.ts';
import { handler } from './handler.ts';

const skill = { contract, handler };

describe.skipIf(noMailbox)('move-mail', () => {
  const mail = useMail();
  describeSkill(skill, mail);
});
