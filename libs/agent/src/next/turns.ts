// What was said and done before, as the messages of a conversation with a model.
import type { ModelMessage, Next, NextSkill, Observation, Trust } from '@switchboard/contract';
import type { Marks } from './marks.ts';
import { askPerson, askRole } from './tools.ts';

const fieldsMax = 20;

const user = (text: string): ModelMessage => ({ role: 'user', text });

/** Neighbours of one kind as one: many models take only turns that alternate. */
export function mergeUsers(messages: readonly ModelMessage[]): ModelMessage[] {
  const merged: ModelMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (message.role === 'user' && last?.role === 'user')
      merged[merged.length - 1] = user(`${last.text}\n\n${message.text}`);
    else merged.push(message);
  }
  return merged;
}

/** Facts and a summary that hold what others wrote. */
export function doubtfulContext({ context }: Next, marks: Marks): ModelMessage[] {
  const facts = context.facts.filter(({ provenance }) => provenance === 'untrusted').map(({ text }) => `- ${text}`);
  const { summary } = context;
  return [
    ...(facts.length === 0 ? [] : [user(marks.wrap(facts.join('\n'), 'untrusted', 'What was kept in mind'))]),
    ...(summary?.trust === 'untrusted' ? [user(marks.wrap(summary.text, 'untrusted', 'The conversation before'))] : []),
  ];
}

/**
 * As turns, but for an answer of ours with words of others in it: as a turn of its own a model would take all of it for
 * what it said itself. Nor can a conversation begin with an answer.
 */
export function earlierTurns({ context }: Next, marks: Marks): ModelMessage[] {
  return context.messages
    .filter(({ text }) => text.trim() !== '')
    .map(({ role, text, trust }, index) => {
      if (role === 'person') return user(marks.wrap(text, trust, 'The person passed on what is'));
      if (trust === 'untrusted') return user(marks.wrap(text, trust, 'Your answer with words in it that were'));
      return index === 0 ? user(`Your answer before:\n${text}`) : { role: 'assistant', text };
    });
}

/** What a step gave that can be referred to. */
export type Gives = (observation: Observation) => readonly string[];

/** Only of a step that was done, by a skill that is offered: of another nobody knows what it gives. */
export function givesOf(skills: readonly NextSkill[]): Gives {
  return (observation) => {
    if (observation.kind !== 'result' || observation.state === 'failed') return [];
    const { agent, skill } = observation;
    return skills.find((one) => one.skill === skill && one.agent === agent)?.gives ?? [];
  };
}

function resultText(observation: Extract<Observation, { kind: 'result' }>, gives: Gives, marks: Marks): string {
  const { step, skill, state, text, cut, trust } = observation;
  const fields = gives(observation).slice(0, fieldsMax).join(', ');
  const head = `Step ${step} ${state}.${fields && ` Fields: ${fields}.`}${cut ? ' Only the beginning is shown.' : ''}`;
  return `${head}\n${marks.wrap(text, trust, `The result of ${skill}`)}`;
}

interface Done {
  readonly id: string;
  readonly tool: string;
  readonly input: Record<string, unknown>;
  readonly result: string;
}

function done(observation: Observation, gives: Gives, marks: Marks): Done {
  const id = observation.kind === 'result' ? `step-${observation.step}` : `thought-${observation.thought}`;
  switch (observation.kind) {
    case 'result':
      return { id, tool: observation.skill, input: observation.input, result: resultText(observation, gives, marks) };
    case 'not-done':
      return { id, tool: observation.skill, input: observation.input, result: `Not done: ${observation.why}` };
    case 'answer':
      return {
        id,
        tool: askPerson,
        input: { text: observation.question },
        result: `The person answers: ${observation.text}`,
      };
    case 'opinion': {
      const { agent, question, text, trust } = observation;
      return {
        id,
        tool: askRole,
        input: { role: agent, question },
        result: marks.wrap(text, trust, `What ${agent} thinks`),
      };
    }
  }
}

/** Each as the call that it was, and its result. */
export function observationsAsCalls(observations: readonly Observation[], gives: Gives, marks: Marks): ModelMessage[] {
  return observations.flatMap((observation): ModelMessage[] => {
    const { id, tool, input, result } = done(observation, gives, marks);
    return [
      { role: 'assistant', text: '', call: { id, tool, input } },
      { role: 'tool', id, text: result },
    ];
  });
}

/**
 * In words: where no tools are offered some providers take no calls either. What a step was given may be copied from
 * what was read before it.
 */
export function observationsAsText(observations: readonly Observation[], marks: Marks): ModelMessage[] {
  if (observations.length === 0) return [];
  let trust: Trust = 'trusted';
  const lines = observations.map((observation) => {
    const { tool, input, result } = done(observation, () => [], marks);
    const given = marks.wrap(JSON.stringify(input), trust, 'Its input, made of words');
    if ('trust' in observation && observation.trust === 'untrusted') trust = 'untrusted';
    return `${tool} ${given}\n${result}`;
  });
  return [user(`What was done:\n\n${lines.join('\n\n')}`)];
}

/** What is to be summarized, as one text. */
export function transcript({ context }: Next, marks: Marks): ModelMessage[] {
  const { summary, messages } = context;
  const said = messages.map(({ role, text, trust }) =>
    trust === 'trusted'
      ? `${role}: ${text}`
      : `${role}: ${marks.wrap(text, trust, 'this, with words in it that were')}`,
  );
  const before = summary && [`The summary so far:\n${marks.wrap(summary.text, summary.trust, 'It holds words')}`];
  return [user([...(before ?? []), 'The conversation:', ...said].join('\n\n'))];
}
