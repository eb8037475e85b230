// What a provider's client threw, in our words: what comes next, who pays, and never a word of the key.
import { APIError as AnthropicError } from '@anthropic-ai/sdk';
import { APIError as OpenaiError } from 'openai';
import { Failure, type FailureFacts, type FailureKind } from '../failure.ts';

export interface ExplainOptions {
  readonly model: string;
  /** The name of the setting and the key in it. */
  readonly key: { readonly setting: string; readonly value: string } | undefined;
  /** Something of the answer has come. */
  readonly isBegun: boolean;
}

const detailCharactersMax = 500;

/** Of what a provider says only what looks like a code of its own goes on: its sentences may repeat the prompt. */
const codeLike = /^[a-z][a-z0-9_.-]{1,60}$/i;
const tooLong =
  /context[ _-]?(length|size|window)|maximum context|prompt is too long|too many (input )?tokens|exceed_context/i;
const noCredit = /insufficient_quota|credit balance|billing|payment/i;

interface Said {
  readonly status: number | undefined;
  readonly codes: string;
  readonly text: string;
  readonly waitMs: number | undefined;
}

function waitMs(headers: Headers | undefined): number | undefined {
  const [ms, after] = [headers?.get('retry-after-ms'), headers?.get('retry-after')];
  if (ms) return Number.parseFloat(ms) || undefined;
  if (!after) return undefined;
  const seconds = Number(after);
  const wait = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function readSaid(error: OpenaiError | AnthropicError): Said {
  const { status, headers, message, type } = error;
  const own = error instanceof OpenaiError ? [error.code, error.param] : [];
  const codes = [...new Set([type, ...own])].filter((code) => typeof code === 'string' && codeLike.test(code));
  return { status, codes: codes.join(', '), text: `${codes.join(' ')} ${message}`, waitMs: waitMs(headers) };
}

/** The code that the system or the HTTP client gives a connection's end, however deep it lies. */
function connectionCode(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string' && codeLike.test(cause.code)) return cause.code;
  }
  return undefined;
}

/** Nothing was sent: there was nobody to send it to. */
const notConnected =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|\w*CERT\w*|ERR_TLS\w*|ERR_SSL\w*)$/;

interface Verdict {
  readonly kind: FailureKind;
  readonly why: string;
  readonly facts?: FailureFacts;
}

function ofStatus({ status = 0, codes, text, waitMs: wait }: Said, { model, key }: ExplainOptions): Verdict {
  const coded = codes === '' ? String(status) : `${status} ${codes}`;
  const again = { again: true, ...(wait === undefined ? {} : { waitMs: wait }) };
  if (status === 401) {
    const why = key ? `the provider refused the key (${key.setting})` : 'the provider wants a key, and none is set';
    return { kind: 'away', why };
  }
  if (status === 402 || noCredit.test(text)) return { kind: 'away', why: 'the provider’s account has no credit left' };
  if (status === 403) return { kind: 'away', why: `the provider does not let this key use ${model} (${coded})` };
  if (status === 404) return { kind: 'away', why: `the provider does not know ${model} (${coded})` };
  if (status === 429) return { kind: 'away', why: 'the provider takes no more calls for now (429)', facts: again };
  if (status === 413 || ((status === 400 || status === 422) && tooLong.test(text))) {
    return { kind: 'too-large', why: 'what was said is longer than the model reads' };
  }
  if (status >= 500 || status === 408 || status === 409) {
    return { kind: 'away', why: `the provider failed (${coded})`, facts: again };
  }
  return { kind: 'failed', why: `the provider refused the request (${coded})` };
}

function verdictOf(error: unknown, options: ExplainOptions): Verdict {
  if (error instanceof OpenaiError || error instanceof AnthropicError) {
    const said = readSaid(error);
    if (said.status !== undefined) return ofStatus(said, options);
    const code = connectionCode(error);
    if (code !== undefined && notConnected.test(code)) return { kind: 'away', why: `cannot be reached (${code})` };
    if (code === undefined && said.codes !== '') {
      return { kind: 'away', why: `the provider broke off (${said.codes})`, facts: { taken: true } };
    }
    return { kind: 'away', why: `the connection broke${code ? ` (${code})` : ''}`, facts: { taken: true } };
  }
  if (error instanceof SyntaxError) return { kind: 'failed', why: 'the answer is not JSON', facts: { taken: true } };
  const code = connectionCode(error);
  const when = options.isBegun ? 'in mid-answer' : 'before the answer';
  return { kind: 'away', why: `the connection broke ${when}${code ? ` (${code})` : ''}`, facts: { taken: true } };
}

function without(text: string, key: ExplainOptions['key']): string {
  return key === undefined ? text : text.replaceAll(key.value, '[key]');
}

/** Never throws. What is a Failure stays one. */
export function explain(error: unknown, options: ExplainOptions): Failure {
  if (error instanceof Failure) return error;
  const { kind, why, facts = {} } = verdictOf(error, options);
  const detail = without(error instanceof Error ? error.message : String(error), options.key);
  // Once it has begun to answer, it has been at work, whatever it says.
  const bill = options.isBegun ? { taken: true, again: false } : {};
  return new Failure(kind, without(why, options.key), {
    ...facts,
    ...bill,
    detail: detail.slice(0, detailCharactersMax),
  });
}
