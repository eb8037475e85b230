// What a person reads over a channel: of a turn, of what it asks, and of messages that came to nothing.
import type { ClaimedDelivery, QuestionRow } from '@switchboard/store';
import { z } from 'zod';

/** Every channel carries so much whole. A longer question is not sent in part: nobody approves what they have not read. */
const questionCharactersMax = 20_000;
/** Of anything else, the rest is left out and said to be. */
const textCharactersMax = 50_000;

const askedSchema = z.looseObject({
  text: z.string(),
  choices: z.array(z.looseObject({ label: z.string() })).optional(),
});

type Asked = Pick<QuestionRow, 'kind' | 'body'>;

export const isTooLong = ({ body }: Asked): boolean => askedSchema.parse(body).text.length > questionCharactersMax;

/** How to say it so that it is understood. */
export function howToAnswer({ kind, body }: Asked): string {
  if (kind === 'approval') return 'Answer with yes or no, and nothing else.';
  const { choices = [] } = askedSchema.parse(body);
  if (choices.length === 0) return 'Answer with the missing words.';
  return ['Answer with a number:', ...choices.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n');
}

function asked(question: Asked): string[] {
  if (isTooLong(question))
    return ['I have a question that is too long for a message. Read and answer it over the API.'];
  const { text } = askedSchema.parse(question.body);
  return question.kind === 'input' ? [text] : [text, howToAnswer(question)];
}

function shortened(text: string): string {
  if (text.length <= textCharactersMax) return text;
  return `${text.slice(0, textCharactersMax).toWellFormed()}… (${text.length} characters in all)`;
}

/** `leftOut`: names of what could not be sent with it. */
export function deliveryText({ body, question }: ClaimedDelivery, leftOut: readonly string[]): string {
  const said = body.state === 'input-required' ? undefined : body.text || body.error?.message;
  const lines = [
    ...(said === undefined || said === '' ? [] : [shortened(said)]),
    ...(question ? asked(question) : []),
    ...(leftOut.length > 0 ? [`Not sent with this: ${leftOut.join(', ')}.`] : []),
  ];
  return lines.length > 0 ? lines.join('\n\n') : 'Done.';
}

/** What goes back to somebody whose message came to nothing. */
export const notices = {
  linked:
    'This address is linked now, to the account that asked for this code. Is that not yours? Have it unlinked. ' +
    'What you write here from now on is done for that account.',
  tooMany: 'Too many messages came in a minute: this one was not taken, nor are the next ones for a while.',
  tooLong: 'This message is longer than I can take. Nothing was done with it.',
  empty: 'I found no text in this message. Nothing was done with it.',
  mayNotApprove: 'From this address nothing can be approved: the key that it was linked with may not.',
  longQuestion: 'What I asked is too long for a message, so it can be answered over the API only.',
  unclear: (question: Asked): string => `I did not understand this as an answer. ${howToAnswer(question)}`,
} as const;
