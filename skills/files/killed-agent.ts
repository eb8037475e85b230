// A program that goes through a list of calls until it is killed; it says when it noted and ended each. It can die itself
// right after an effect, before it has said so.
import { writeSync } from 'node:fs';
import { createFilesAdapter } from '@switchboard/agent-workstation/files';
import { createSkillCall } from '@switchboard/testkit/skill-call';
import { callsOf, contents } from './killed-calls.ts';

const [workspace = '', rounds, start, dieAfter] = process.argv.slice(2);
const adapters = { files: createFilesAdapter({ workspace }) };
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

for (const [step, { skill, input, id }] of callsOf(Number(rounds)).entries()) {
  if (step < Number(start)) continue;
  const onNote = (noted: unknown): void => say({ step, noted });
  const { ctx } = createSkillCall(skill.contract, {
    workspace,
    adapters: () => adapters,
    contents,
    invocationId: `${id}-1`,
    onNote,
  });
  await skill.handler.run(ctx, skill.contract.input.parse(input));
  if (step === Number(dieAfter)) process.kill(process.pid, 'SIGKILL');
  say({ step, ended: true });
}
