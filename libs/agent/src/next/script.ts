// Whether an answer is plainly in another script than the question: a model that fell into another language.
import type { Next } from '@switchboard/contract';

const scripts = {
  latin: /\p{Script=Latin}/gu,
  cyrillic: /\p{Script=Cyrillic}/gu,
  greek: /\p{Script=Greek}/gu,
  // Japanese is written in both kinds.
  'east-asian': /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  hangul: /\p{Script=Hangul}/gu,
  arabic: /\p{Script=Arabic}/gu,
  hebrew: /\p{Script=Hebrew}/gu,
  devanagari: /\p{Script=Devanagari}/gu,
  thai: /\p{Script=Thai}/gu,
} as const;
type Script = keyof typeof scripts;
const names = Object.keys(scripts) as Script[];

/** Fewer letters are a name or an abbreviation. */
const goalLettersMin = 2;
const answerLettersMin = 12;
const mostly = 0.8;
/** So much of a script in what was read: the answer may well be about it. */
const readLettersMin = 40;
/** So much is looked at: of more the rest is like it. */
const charactersMax = 20_000;

/** Somebody who names a language may want the answer in it. The stems of the words, where they are written so. */
const language =
  /english|german|deutsch|french|français|spanish|español|italian|portug|russian|ukrain|greek|chinese|mandarin|japanese|korean|arabic|hebrew|hindi|thai|translat|übersetz|tradu|language|sprache|langue|idioma|английск|немецк|русск|китайск|японск|француз|перев|язык|英|中文|汉|漢|日本|翻|译|訳|語|语|영어|한국어|번역|언어|عرب|ترجم|إنجليز|لغة|עברית|אנגלית|תרגם|हिन्दी|अंग्रेज|भाषा|अनुवाद|ไทย|อังกฤษ|แปล|ภาษา|ελλην|αγγλ|μετάφρ|γλώσσ/i;

const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/** Without code, commands, paths and addresses, which are of no language. */
function spoken(text: string): string {
  const words = text.slice(0, charactersMax).replace(code, ' ').split(/\s+/);
  return words.filter((word) => !word.includes('/') && !word.includes('@')).join(' ');
}

function lettersOf(text: string, script: Script): number {
  return text.slice(0, charactersMax).match(scripts[script])?.length ?? 0;
}

/** The script of most of its letters, if there are enough of them. */
function mainScript(text: string, lettersMin: number): Script | undefined {
  const counts = names.map((script) => ({ script, letters: lettersOf(text, script) }));
  const all = counts.reduce((sum, { letters }) => sum + letters, 0);
  return all < lettersMin ? undefined : counts.find(({ letters }) => letters >= all * mostly)?.script;
}

/** Undefined, too, where nobody can tell: several scripts, a language that is named, something read in that script. */
export function strayScript({ goal, context, observations }: Next, answer: string): Script | undefined {
  const wanted = mainScript(goal, goalLettersMin);
  const got = mainScript(spoken(answer), answerLettersMin);
  if (wanted === undefined || got === undefined || wanted === got) return undefined;
  const ofPerson = context.messages.filter(({ role }) => role === 'person').map(({ text }) => text);
  const said = [goal, ...ofPerson, ...context.facts.map(({ text }) => text), context.summary?.text ?? ''];
  if (said.some((text) => language.test(text))) return undefined;
  if (ofPerson.some((text) => mainScript(text, goalLettersMin) === got)) return undefined;
  const read = observations.map((one) => ('text' in one ? one.text : '')).join('\n');
  return lettersOf(read, got) >= readLettersMin ? undefined : got;
}
