// A message that is nothing but courtesy: a greeting, thanks, praise. Nothing is to be done about it.
import type { Sentence } from './sentence.ts';

const greeting = `(hi|hello|hey|howdy|hiya|yo|greetings|good (morning|afternoon|evening|night|day)|bye|goodbye|see you( (later|soon|tomorrow))?
|welcome back|nice to meet you|pleased to meet you|happy (birthday|new year)|cheers|take care)`;
const thanks = `((many |a thousand )?thanks( (a lot|so much|very much|again|for (that|everything|your help|the help)))?|thank you( (so much|very much|again|for (that|everything|your help|the help)))?
|(that is|that's|that was|this is|it is|it's|you are|you're)?( (so|very|really|just|absolutely))? ?(great|good|nice|cool|perfect|awesome|wonderful|excellent|lovely|amazing|brilliant|helpful|funny|smart)( (work|job|one))?
|well done|never mind|no worries|no problem|sorry|lol|haha(ha)*|wow|sounds good|got it|i see|i love (it|you)|much appreciated)`;
const address = `( (there|again|all|everyone|everybody|friend|switchboard|assistant|computer|buddy))?`;

const clean = (pattern: string): string => pattern.replaceAll('\n', '');
const small = new RegExp(`^((${clean(greeting)}|${clean(thanks)})${address}( |$))+$`);

const wordsMax = 24;

/** Its letters and digits, in lower case, one space between words. */
export function plainText(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’]/g, "'")
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

export function isCourtesy({ words, text }: Sentence): boolean {
  return words.length <= wordsMax && words.every(({ shape }) => shape === 'word') && small.test(plainText(text));
}
