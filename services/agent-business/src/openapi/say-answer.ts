// How an API's answer reads to a person, whatever came.
import { isRecord } from './json.ts';
import { sayJson, visible } from './say-json.ts';

const textCharactersMax = 4_000;

function quoted(text: unknown): string {
  if (typeof text !== 'string' || text === '') return '';
  const shown = text.length > textCharactersMax ? `${text.slice(0, textCharactersMax).toWellFormed()}…` : text;
  return `\n${visible(shown)}`;
}

function fileName(file: unknown): string {
  if (!isRecord(file)) return '';
  return `${visible(String(file['name']))} (${Number(file['bytes'])} bytes)`;
}

/** `title`: of the skill. */
export function sayAnswer(output: Readonly<Record<string, unknown>>, title: string): string {
  const { answer, data, text, problem, file, more } = output;
  const rest = more === true ? '\nThere is more than this; only the first part was read.' : '';
  switch (answer) {
    case 'as-described':
      return `${sayJson(data)}${rest}`;
    case 'empty':
      return `${title}: done. The API gave no more answer than that.`;
    case 'text':
      return typeof text === 'string' && text !== '' ? text : `${title}: done.`;
    case 'file':
      return `${title}: the answer is in ${fileName(file)}.${quoted(text)}${rest}`;
    case 'incomplete':
      return `${title}: the API said yes (${output['status']}), and its answer is not whole: ${problem}.${quoted(text)}`;
    default:
      return `${title}: the answer (${output['status']}) is not what the API’s document describes: ${visible(String(problem))}.${quoted(text)}`;
  }
}
