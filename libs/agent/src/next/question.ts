// One question as it is put to a model: how much of it there is room for.
import type { Next, Observation } from '@switchboard/contract';

/** How often it is made smaller when it is too large for a model. */
export const shrinksMax = 2;
/** Facts that others wrote counted too. */
const factCharactersMax = 6_000;

function cutText(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : text.slice(0, charactersMax).toWellFormed();
}

function shrinkObservation(observation: Observation, parts: number): Observation {
  if (observation.kind !== 'result' && observation.kind !== 'opinion') return observation;
  const text = cutText(observation.text, Math.ceil(observation.text.length / parts));
  return observation.kind === 'result' ? { ...observation, text, cut: true } : { ...observation, text };
}

function within(facts: Next['context']['facts'], charactersMax: number): Next['context']['facts'] {
  let left = charactersMax;
  return facts.filter(({ text }) => {
    left -= text.length;
    return left >= 0;
  });
}

/**
 * The question with less around it, by how often it was too large: the oldest messages go, and of what came of steps
 * half is left each time. What is to be summarized stays whole in number, and is halved in length.
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
    observations: shrinks === 0 ? observations : observations.map((one) => shrinkObservation(one, parts)),
  };
}
