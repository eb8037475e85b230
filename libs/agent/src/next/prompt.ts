// The whole prompt of a question: small, the same for every provider, and with what others wrote between marks.
import type { ModelMessage, ModelTool, Next } from '@switchboard/contract';
import type { Marks } from './marks.ts';
import { type Role, systemText } from './rules.ts';
import { toolsFor } from './tools.ts';
import {
  doubtfulContext,
  earlierTurns,
  givesOf,
  mergeUsers,
  observationsAsCalls,
  observationsAsText,
  transcript,
} from './turns.ts';

export interface Prompt {
  readonly system: string;
  readonly messages: ModelMessage[];
  readonly tools: ModelTool[];
}

function conversation(question: Next, tools: boolean, marks: Marks): ModelMessage[] {
  const { goal, observations, purpose, skills } = question;
  if (purpose === 'summarize') return transcript(question, marks);
  return [
    ...doubtfulContext(question, marks),
    ...earlierTurns(question, marks),
    { role: 'user', text: goal },
    ...(tools ? observationsAsCalls(observations, givesOf(skills), marks) : observationsAsText(observations, marks)),
  ];
}

export function buildPrompt(question: Next, role: Role, marks: Marks): Prompt {
  const tools = question.purpose === 'decide' ? toolsFor(question) : [];
  const messages = mergeUsers(conversation(question, tools.length > 0, marks));
  const gives = givesOf(question.skills);
  const references = question.observations.some((one) => gives(one).length > 0);
  // Last: by now it is known whether anything is marked.
  const system = systemText(question, role, marks, { tools: tools.length > 0, references });
  return { system, messages, tools };
}
