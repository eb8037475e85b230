// An answer as the output of a skill: what the document describes, or what came instead of it, told apart by name.
import { type ApiAnswer, type Artifact, isBoundedJson } from '@switchboard/contract';
import { isJsonType, isTextType } from './read-operation.ts';
import { visible } from './say-json.ts';

/**
 * as-described: `data` fits the document. not-as-described: it was answered, but otherwise; `text` is what came. text, file:
 * no JSON. empty: nothing came, as with 204. incomplete: the end of the answer is missing.
 */
export const answerKinds = ['as-described', 'not-as-described', 'text', 'file', 'empty', 'incomplete'] as const;
export type AnswerKind = (typeof answerKinds)[number];

export interface ReadAnswer {
  readonly status: number;
  readonly answer: AnswerKind;
  readonly data?: unknown;
  readonly text?: string;
  /** What does not fit. */
  readonly problem?: string;
  readonly file?: Artifact;
}

/** What of a text stands in an output; a longer one is in a file, too. */
export const textCharactersMax = 8_000;

function decoded(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function clipped(text: string): string {
  const shown = visible(text);
  if (shown.length <= textCharactersMax) return shown;
  return `${shown.slice(0, textCharactersMax).toWellFormed()}… (${shown.length} characters in all)`;
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isBoundedJson(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

export interface Described {
  /** Undefined: the document describes no JSON for this status. */
  readonly misfit: ((value: unknown) => string | undefined) | undefined;
}

/** `file` is still to be made of what no text can hold. Throws nothing. */
export function readAnswer(answer: ApiAnswer, { misfit }: Described): ReadAnswer {
  const { status, mediaType, body, cut } = answer;
  if (cut !== undefined) {
    const problem = cut === 'size' ? 'it is larger than the agent takes' : 'the connection ended before it did';
    return { status, answer: 'incomplete', text: clipped(decoded(body) ?? ''), problem };
  }
  if (body.length === 0) return { status, answer: 'empty' };
  const text = decoded(body);
  if (mediaType !== undefined && isJsonType(mediaType)) {
    const json = text === undefined ? undefined : parsed(text);
    if (json === undefined) {
      return { status, answer: 'not-as-described', text: clipped(text ?? ''), problem: 'it is no JSON' };
    }
    const problem = misfit?.(json.value);
    if (problem === undefined) return { status, answer: 'as-described', data: json.value };
    return { status, answer: 'not-as-described', text: clipped(JSON.stringify(json.value, null, 1)), problem };
  }
  const isText = text !== undefined && (mediaType === undefined || isTextType(mediaType));
  if (misfit !== undefined) {
    const problem = `it is ${mediaType ?? 'of no type'}, not JSON`;
    return { status, answer: 'not-as-described', text: clipped(isText ? text : ''), problem };
  }
  return isText ? { status, answer: 'text', text: clipped(text) } : { status, answer: 'file' };
}
