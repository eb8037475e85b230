// What a model is asked when rules are unsure: which of a few skills a message needs. Small, whatever the contracts say. Pure.
import { invocationId, type ModelRequest, type RouteRequest } from '@switchboard/contract';
import type { RoutableSkill } from '../routable.ts';

/** Of all that is sent but the message itself, as UTF-8. */
export const promptBytesMax = 2048;
export const chosenMax = 6;
const descriptionBytesMax = 72;
const saidBytesMax = 120;
const messageBytesMax = 2048;
const outputTokensMax = 200;

const task = `Pick the skills that all steps of the person's message need, at most ${chosenMax}. Do not do it. Answer only JSON: {"kind":"do","skills":["name"]}
do: something is to be done or looked up. talk: an answer in words is enough, no skills. unclear: nobody can tell what is meant.
Skills:`;

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Cuts a text to a number of bytes, between characters. */
export function clipBytes(text: string, most: number): string {
  if (bytesOf(text) <= most) return text;
  let clipped = '';
  let left = most - 3;
  for (const character of text) {
    left -= bytesOf(character);
    if (left < 0) break;
    clipped += character;
  }
  return `${clipped.trimEnd()}…`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function lineOf({ name, document }: RoutableSkill): string {
  const sentence = oneLine(document.description).split(/(?<=[.!?;:])\s/)[0] ?? '';
  return `${name}: ${clipBytes(sentence, descriptionBytesMax)}`;
}

/** No bound on the length of the list: not every provider takes one. It is checked when the answer is read. */
function formatOf(candidates: readonly RoutableSkill[]) {
  const skills = { type: 'array', items: { type: 'string', enum: candidates.map(({ name }) => name) } };
  const properties = { kind: { type: 'string', enum: ['do', 'talk', 'unclear'] }, skills };
  return {
    name: 'chosen-skills',
    schema: { type: 'object', properties, required: ['kind', 'skills'], additionalProperties: false },
  };
}

/** A long message says at its beginning or its end what is to be done with the rest. */
function clipMessage(text: string): string {
  if (bytesOf(text) <= messageBytesMax) return text;
  const end = Array.from(text).slice(-200).join('');
  return `${clipBytes(text, messageBytesMax - bytesOf(end) - 1)}\n${end}`;
}

/** Whoever asks it says until when. */
export type ModelQuestion = Omit<ModelRequest, 'deadline'>;

export interface Question {
  readonly question: ModelQuestion;
  /** Those that fit in. */
  readonly candidates: readonly RoutableSkill[];
}

/** Asks the same for the same turn: the call is paid for once. The last candidates are left out where all are too many. */
export function writeQuestion(
  { text, model }: RouteRequest,
  turn: string,
  candidates: readonly RoutableSkill[],
): Question {
  const said = (model?.said ?? []).map((line) => `${line.role}: ${clipBytes(oneLine(line.text), saidBytesMax)}`);
  const before = said.length === 0 ? '' : `Said before:\n${said.join('\n')}\n\n`;
  let kept = [...candidates];
  const write = () => ({ system: [task, ...kept.map(lineOf)].join('\n'), format: formatOf(kept) });
  let written = write();
  while (kept.length > 1 && bytesOf(written.system + JSON.stringify(written.format) + before) > promptBytesMax) {
    kept = kept.slice(0, -1);
    written = write();
  }
  const question: ModelQuestion = {
    v: 1,
    id: invocationId(turn, 0, 1),
    purpose: 'route',
    system: written.system,
    messages: [{ role: 'user', text: `${before}Message:\n${clipMessage(text)}` }],
    tools: [],
    format: written.format,
    outputTokensMax,
    stream: false,
  };
  return { question, candidates: kept };
}
