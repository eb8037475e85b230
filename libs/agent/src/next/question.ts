// One question as it is put to a model: how much of it there is room for.
import type { Next, Observation } from '@switchboard/contract';
import { shortenInput } from './shorten-input.ts';

/** How often it is made smaller when it is too large for a model. */
export const shrinksMax = 2;
/** Facts that others wrote counted too. As many as a person may pin, of an ordinary length. */
const factCharactersMax = 6_000;

function cutText(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : text.slice(0, charactersMax).toWellFormed();
}

function shrinkObservation(observation: Observation, parts: number): Observation {
  const half = (text: string): string => cutText(text, Math.ceil(text.length / parts));
  switch (observation.kind) {
    case 'result': {
      const { input, text, cut } = observation;
      return { ...observation, input: shortenInput(input, parts), text: half(text), cut: cut || parts > 1 };
    }
    case 'not-done':
      return { ...observation, input: shortenInput(observation.input, parts) };
    case 'opinion':
      return { ...observation, text: half(observation.text) };
    case 'answer':
      return observation;
  }
}

function within(facts: Next['context']['facts'], charactersMax: number): Next['context']['facts'] {
  let left = charactersMax;
  return facts.filter(({ text }) => {
    if (text.length > left) return false;
    left -= text.length;
    return true;
  });
}

/**
 * The question with less around it, by how often it was too large: the oldest messages go, and of what came of steps
 * half is left each time; what they were given is never shown at length. What is to be summarized stays whole in number, and is halved in length.
 */
export function shrinkQuestion(question: Next, shrinks: number): Next {
  const parts = 2 ** shrinks;
  const { context, observations, purpose } = question;
  const { messages } = context;
  const kept = purpose === 'summarize' ? messages.length : Math.floor(messages.length / parts ** 2);
  return {
    ...question,
    context: {
      ...context,
      facts: within(context.facts, factCharactersMax / parts),
      messages:
        shrinks === 0
          ? messages
          : messages
              .slice(messages.length - kept)
              .map((message) => ({ ...message, text: cutText(message.text, Math.ceil(message.text.length / parts)) })),
    },
    observations: observations.map((one) => shrinkObservation(one, parts)),
  };
}
