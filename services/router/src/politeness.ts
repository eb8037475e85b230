// What people say around a request: found at both ends of a sentence, so that patterns need not repeat it.
import type { Token } from './tokens.ts';

const leads = `please|kindly|hey|hi|hello|okay|so|well|now|um|uh|alright|right|just|then|also|and|assistant|computer|switchboard|dear|quickly
good morning|good afternoon|good evening|excuse me|one more thing|by the way
could you|can you|would you|will you|can we|could we|would you mind|do you mind|are you able to|would you be able to
would you be so kind as to|would you be kind enough to|could you be so kind as to|be so kind as to|be so kind and
i want you to|i want to|i need you to|i need to|i would like you to|i would like to|i would love to|i would love you to|i have to|i am going to
i want|i need|i would like|i am trying to|i am looking to|i wish to|we need to|we want to|we should|we have to|you should|you need to|you must
i was wondering if you could|i wonder if you could|do you think you could|is it possible to|is it possible for you to|would it be possible to
any chance you could|any chance you can|is there any way to|is there a way to|is there any way you could
help me|help me to|help us|go ahead and|let us|let me|make sure to|be sure to|do me a favor and|do me a favour and|try to|feel free to
it would be great if you could|it would be nice if you could|i would appreciate it if you could|if you can|if possible|when you can
time to|it is time to|remember to|the thing is`;

const tails = `please|thanks|thank you|thanks a lot|thank you very much|thank you so much|many thanks|cheers|now|right now|right away|asap|immediately
for me|for us|would you|will you|could you|can you|okay|if you can|if you could|if possible|if you do not mind|when you can|when you get a chance|when you have time
as soon as possible|real quick|quickly|already|kindly|straight away|at once|will you please|would you please`;

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>;

function phrasesBy(text: string, key: (phrase: readonly string[]) => string | undefined): Phrases {
  const map = new Map<string, (readonly string[])[]>();
  for (const line of text.split(/[|\n]/)) {
    const phrase = line.trim().split(' ');
    const word = key(phrase) ?? '';
    map.set(
      word,
      [...(map.get(word) ?? []), phrase].sort((a, b) => b.length - a.length),
    );
  }
  return map;
}

const leadPhrases = phrasesBy(leads, (phrase) => phrase[0]);
const tailPhrases = phrasesBy(tails, (phrase) => phrase.at(-1));

function standsAt(tokens: readonly Token[], phrase: readonly string[], at: number): boolean {
  return phrase.every((word, offset) => {
    const token = tokens[at + offset];
    return token !== undefined && !token.quoted && token.norm === word;
  });
}

/** Every place where the request itself may start: the beginning, and after each polite opening. */
export function politeStarts(tokens: readonly Token[]): number[] {
  const starts = [0];
  for (let at = 0; ; ) {
    const phrase = leadPhrases.get(tokens[at]?.norm ?? '')?.find((words) => standsAt(tokens, words, at));
    if (phrase === undefined || at + phrase.length >= tokens.length) return starts;
    at += phrase.length;
    starts.push(at);
  }
}

/** Every place where the request itself may end: the end, and before each polite ending; always past `start`. */
export function politeEnds(tokens: readonly Token[], start: number): number[] {
  const ends = [tokens.length];
  for (let end = tokens.length; ; ) {
    const last = tokens[end - 1]?.norm ?? '';
    const phrase = tailPhrases.get(last)?.find((words) => standsAt(tokens, words, end - words.length));
    if (phrase === undefined || end - phrase.length <= start) return ends;
    end -= phrase.length;
    ends.push(end);
  }
}
