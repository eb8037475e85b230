// A program that sends one notification unless it is killed before; it says when that was about to leave and when it ended.
import { writeSync } from 'node:fs';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { contract } from './notify/contract.ts';
import { handler } from './notify/handler.ts';
import { onNtfy } from './testing.ts';

const [url = '', topic = '', token = '', invocationId = '', text = ''] = process.argv.slice(2);
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const { ctx } = createSkillCall(contract, {
  ...onNtfy({ url, topic, token }),
  workspace: '',
  invocationId,
  onNote: (noted) => say({ noted }),
});
await handler.run(ctx, contract.input.parse({ text }));
say({ ended: true });
