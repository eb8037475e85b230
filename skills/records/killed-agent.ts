// A program that runs one records skill over an ERP until it is killed; it says what it noted, and when it has ended.
import { writeSync } from 'node:fs';
import { createTrytonRecords } from '@switchboard/agent-business/tryton';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { recordsSkills } from './records-skills.ts';

const [url = '', user = '', password = '', name = '', input = '{}', invocationId = ''] = process.argv.slice(2);
const skill = recordsSkills.find(({ contract }) => contract.name === name);
if (skill === undefined) throw new Error(`there is no skill ${name}`);
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const { ctx } = createSkillCall(skill.contract, {
  workspace: '.',
  adapters: () => ({ records: createTrytonRecords({ url, user, password }) }),
  invocationId,
  onNote: (noted) => say({ noted }),
});
await skill.handler.run(ctx, skill.contract.input.parse(JSON.parse(input)));
say({ ended: true });
