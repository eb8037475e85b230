// What a model's answer means, strictly: a step that can be taken, or what is wrong with it.
import type { ModelReply, Next, NextReply } from '@switchboard/contract';
import type { SchemaCheck } from '@switchboard/service';
import { isCallInWords } from './call-in-words.ts';
import { checkArguments, readArguments } from './check-arguments.ts';
import type { Marks } from './marks.ts';
import { summaryCharactersMax } from './rules.ts';
import { strayScript } from './script.ts';
import { askPerson, offeredSkills, ownSchemas } from './tools.ts';

type WithoutEnvelope<Reply> = Reply extends unknown ? Omit<Reply, 'v' | 'id' | 'usage'> : never;
export type Decision = WithoutEnvelope<NextReply>;

/** `problem` goes on behind "It cannot be used:", for the model and for the person. */
export type Verdict = { readonly decision: Decision } | { readonly problem: string };

const textCharactersMax = 20_000;
const nameCharactersMax = 63;

/** Text that a database can hold. */
function storable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '');
}

function firstPart(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const room = text.slice(0, charactersMax).toWellFormed();
  const end = room.lastIndexOf('. ');
  return end > 0 ? room.slice(0, end + 1) : room;
}

function toolNames(question: Next): string[] {
  return [...offeredSkills(question).map(({ skill }) => skill), ...ownSchemas(question.roles).keys()];
}

function readText(question: Next, tools: boolean, { text, stop }: ModelReply, marks: Marks): Verdict {
  const said = marks.strip(storable(text));
  if (said === '') return { problem: 'it is empty' };
  if (question.purpose === 'summarize')
    return { decision: { kind: 'say', text: firstPart(said, summaryCharactersMax) } };
  if (stop === 'length' || said.length > textCharactersMax) return { problem: 'it was too long, and cut off' };
  if (tools && isCallInWords(said, toolNames(question))) {
    return { problem: 'it is a call that is written as text: call the tool, or answer in words' };
  }
  const stray = strayScript(question, said);
  if (stray !== undefined) return { problem: `it is in another language than the person's (${stray})` };
  return { decision: { kind: 'say', text: said } };
}

function readCall(question: Next, { call, stop }: ModelReply & { call: object }, check: SchemaCheck): Verdict {
  const { tool } = call;
  const skill = offeredSkills(question).find((one) => one.skill === tool);
  const schema = skill?.input ?? ownSchemas(question.roles).get(tool);
  if (schema === undefined) return { problem: `there is no tool ${storable(tool.slice(0, nameCharactersMax))}` };
  const read = readArguments(call.arguments);
  if ('problem' in read && stop === 'length') return { problem: 'it was too long, and cut off' };
  const checked = 'problem' in read ? read : checkArguments(question, schema, read.input, check);
  if ('problem' in checked) return { problem: `calling ${tool}: ${checked.problem}` };
  const { input } = checked;
  if (skill !== undefined) return { decision: { kind: 'call', agent: skill.agent, skill: skill.skill, input } };
  if (tool === askPerson) return { decision: { kind: 'ask', text: String(input['text']) } };
  return { decision: { kind: 'consult', agent: String(input['role']), question: String(input['question']) } };
}

/** Pure. `tools`: whether any were offered. */
export function readAnswer(
  question: Next,
  tools: boolean,
  reply: ModelReply,
  marks: Marks,
  check: SchemaCheck,
): Verdict {
  const { call } = reply;
  if (call === undefined) return readText(question, tools, reply, marks);
  if (!tools) return { problem: 'it calls a tool, and there is none' };
  return readCall(question, { ...reply, call: { ...call, arguments: marks.strip(call.arguments) } }, check);
}
