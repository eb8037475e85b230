// Puts one question to a model, and makes one step of its answer: mended once, and asked with less when it is too large.
import {
  invocationId,
  type MessageOf,
  type ModelMessage,
  type ModelReply,
  type ModelRequest,
  type ModelTool,
  type ModelUsage,
  type Next,
  type NextReply,
  SwitchboardError,
  sumUsage,
} from '@switchboard/contract';
import type { SchemaCheck } from '@switchboard/service';
import { readArguments } from './check-arguments.ts';
import { createMarks, type Marks } from './marks.ts';
import { buildPrompt, type Prompt } from './prompt.ts';
import { shrinkQuestion, shrinksMax } from './question.ts';
import { readAnswer } from './read-answer.ts';
import type { Role } from './rules.ts';
import { createWriting, type Writing } from './writing.ts';

export interface Thinking {
  readonly role: Role;
  /** Asks the model; `writing` hears what it writes. Throws SwitchboardError. */
  readonly askModel: (request: ModelRequest, writing: Writing) => Promise<ModelReply>;
  readonly tell: (message: MessageOf<'progress'>) => void;
  readonly check: SchemaCheck;
}

/** Added to the round: questions of several purposes about one thought are several calls. */
const firstRound = { decide: 1, judge: 101, summarize: 201 } as const satisfies Record<Next['purpose'], number>;
const outputTokensMax = { decide: 4_000, judge: 1_500, summarize: 700 } as const satisfies Record<
  Next['purpose'],
  number
>;
const rawCharactersMax = 2_000;
const problemCharactersMax = 600;

interface Bad {
  readonly reply: ModelReply;
  readonly problem: string;
}

/** What it answered, as it would stand in the conversation, and what is wrong with it. */
function mending({ reply: { call, text }, problem }: Bad, tools: readonly ModelTool[]): ModelMessage[] {
  const wrong = `It cannot be used: ${problem}.`;
  const read = call && readArguments(call.arguments);
  // A call of what is not offered some providers do not take back.
  if (call && read && 'input' in read && tools.some(({ name }) => name === call.tool)) {
    return [
      { role: 'assistant', text: '', call: { id: 'mend', tool: call.tool, input: read.input } },
      { role: 'tool', id: 'mend', text: `Not done. ${wrong} Do it right.` },
    ];
  }
  const raw = (call ? `${call.tool} ${call.arguments}` : text).slice(0, rawCharactersMax).toWellFormed();
  return [
    { role: 'assistant', text: raw.trim() === '' ? '(nothing)' : raw },
    { role: 'user', text: `Your answer cannot be used: ${problem}. Answer again.` },
  ];
}

function requestOf(question: Next, round: number, prompt: Prompt, bad: Bad | undefined): ModelRequest {
  const { turn, thought, purpose, deadline } = question;
  return {
    v: 1,
    id: invocationId(turn, thought, firstRound[purpose] + round),
    purpose,
    system: prompt.system,
    messages: bad === undefined ? prompt.messages : [...prompt.messages, ...mending(bad, prompt.tools)],
    tools: prompt.tools,
    outputTokensMax: outputTokensMax[purpose],
    stream: purpose === 'decide',
    deadline,
  };
}

const unusable = (problem: string): SwitchboardError =>
  new SwitchboardError('model-failed', `The language model gave no answer that can be used: ${problem}`);

const tooLarge = (error: unknown): boolean => error instanceof SwitchboardError && error.code === 'too-large';

/** One round: the reply, or undefined when it was too large for every model. */
async function oneRound(request: ModelRequest, writing: Writing, { askModel }: Thinking, last: boolean) {
  try {
    return await askModel(request, writing);
  } catch (error) {
    if (last || !tooLarge(error)) throw error;
    return undefined;
  }
}

/**
 * Throws SwitchboardError `model-failed` when the answer could not be used, nor the second one, `too-large` when there
 * is too much even with less around it, and what `askModel` throws. Keeps nothing.
 */
export async function think(question: Next, thinking: Thinking, marks: Marks = createMarks()): Promise<NextReply> {
  const used: ModelUsage[] = [];
  let shrinks = 0;
  let bad: Bad | undefined;
  for (let round = 0; ; round++) {
    const asked = shrinkQuestion(question, shrinks);
    const prompt = buildPrompt(asked, thinking.role, marks);
    const request = requestOf(question, round, prompt, bad);
    const writing = createWriting(request.id, thinking.tell);
    try {
      const reply = await oneRound(request, writing, thinking, shrinks === shrinksMax);
      if (reply === undefined) {
        shrinks++;
        writing.takeBack();
        continue;
      }
      used.push(reply.usage);
      if (reply.stop === 'refused') throw unusable('it would not answer');
      const verdict = readAnswer(question, prompt.tools.length > 0, reply, marks, thinking.check);
      if ('decision' in verdict) {
        if (verdict.decision.kind !== 'say') writing.takeBack();
        return { v: 1, id: question.id, usage: sumUsage(used), ...verdict.decision };
      }
      const problem = verdict.problem.slice(0, problemCharactersMax).toWellFormed();
      writing.takeBack();
      if (bad !== undefined) throw unusable(problem);
      bad = { reply, problem };
    } catch (error) {
      writing.takeBack();
      throw error;
    } finally {
      writing.end();
    }
  }
}
