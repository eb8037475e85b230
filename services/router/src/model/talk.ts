// Whether a message is only talk, which needs no skill: courtesy, or a question for an opinion or how one is.
import { isCourtesy, plainText } from '../courtesy.ts';
import type { Sentence } from '../sentence.ts';

const assent = /^((ok|okay|yes|yeah|yep|sure|fine|alright|right|no|nope|please|go on|go ahead)( |$))+$/;

const questions = [
  /^how (are|is|have) (you|it going|things|life|your day|you been)\b/,
  /^(who|what) are you\b/,
  /^what('s| is) (your name|up)\b/,
  /^(what|how) do you (think|feel)\b/,
  /^(are|do) you (a|an|real|human|conscious|alive|happy|like|love|have feelings)\b/,
  /^(tell|give|sing) (me|us) (a|an|another) (joke|story|riddle|fun fact|fact|poem|song)$/,
  /^(i am|i'm|i feel) (so |very |really |a bit )?(sad|happy|tired|bored|sick|lonely|angry|fine|good|great|ok|okay|stressed)$/,
];

const wordsMax = 24;

/** `answers`: something was said before, so a bare yes may well be the answer to it, and no talk. */
export function isTalk(sentence: Sentence, answers: boolean): boolean {
  if (sentence.words.length > wordsMax || sentence.words.some(({ shape }) => shape !== 'word')) return false;
  const text = plainText(sentence.text);
  return isCourtesy(sentence) || questions.some((question) => question.test(text)) || (!answers && assent.test(text));
}
