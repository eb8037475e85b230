// A program that sends one message unless it is killed before; it says when that was about to leave and when it ended.
import { writeSync } from 'node:fs';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { contract } from './send-message/contract.ts';
import { handler } from './send-message/handler.ts';
import { openChat } from './testing.ts';

const [service = '', invocationId = '', text = ''] = process.argv.slice(2);
const chat = openChat(service);
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const { ctx } = createSkillCall(contract, {
  ...chat,
  workspace: '',
  invocationId,
  onNote: (noted) => say({ noted }),
});
await handler.run(ctx, contract.input.parse({ to: 'anna@example.org', text }));
say({ ended: true });
await chat.close();
