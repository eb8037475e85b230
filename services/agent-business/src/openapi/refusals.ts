// What an API's refusal means: a reason that the contract lists, with what the API itself says about it.
import { type ApiAnswer, SkillError } from '@switchboard/contract';
import { isRecord, shortly, textOf } from './json.ts';
import { visible } from './say-json.ts';

/** The reasons of every skill that is made of an operation. */
export const apiReasons = {
  'not-accepted': 'The API does not take this input; nothing was done.',
  'not-signed-in': 'The API does not know who is asking: its secret is missing, wrong or expired.',
  'not-allowed': 'The API does not let this account do that.',
  'not-found': 'The API has no such thing.',
  conflict: 'What is there already does not go together with this; nothing was done.',
  'rate-limited': 'The API takes no more requests for now; nothing was done.',
  'api-failed': 'The API failed while it worked on it: look there before it is asked again.',
  unreachable: 'The API cannot be reached; nothing was done.',
  'no-answer': 'The API did not answer in time; nothing was changed.',
  redirected: 'The API sends to another place, where it is not followed to.',
  'address-refused': 'The server has a private address that nobody here allowed.',
  'no-secret': 'The secret of this API is not there; nothing was done.',
  'too-large': 'The answer is larger than the agent takes.',
} as const;
export type ApiReason = keyof typeof apiReasons;

const reasons: Readonly<Record<number, ApiReason>> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  409: 'conflict',
  410: 'not-found',
  412: 'conflict',
  429: 'rate-limited',
};

const explanationCharactersMax = 500;
const fields = ['detail', 'message', 'error_description', 'error', 'title', 'description', 'reason', 'errors'];

/** The API's own words: problem+json (RFC 9457), or what is usual in its place. */
function explanationOf({ body }: Pick<ApiAnswer, 'body'>): string {
  const text = Buffer.from(body).toString('utf8', 0, 64 * 1024);
  try {
    let value: unknown = JSON.parse(text);
    for (let level = 0; level < 3; level++) {
      if (Array.isArray(value)) value = value[0];
      const said = isRecord(value) ? fields.map((field) => (value as Record<string, unknown>)[field]) : [];
      const found = said.find((one) => textOf(one) !== undefined) ?? said.find((one) => typeof one === 'object' && one);
      if (found === undefined) break;
      value = found;
    }
    return shortly(visible(typeof value === 'string' ? value : JSON.stringify(value)), explanationCharactersMax);
  } catch {
    // A page for people says more with its title than with its start.
    const title = /<title>([^<]*)<\/title>/i.exec(text)?.[1];
    return shortly(visible(title ?? (text.includes('<') ? '' : text)), explanationCharactersMax);
  }
}

/** Throws SkillError for an answer that says no. */
export function refuseFailure(answer: ApiAnswer, title: string): void {
  const { status, headers } = answer;
  if (status < 400) return;
  const reason = reasons[status] ?? (status >= 500 ? 'api-failed' : 'not-accepted');
  const again = reason === 'rate-limited' ? headers['retry-after'] : undefined;
  const when = again === undefined ? '' : ` (again ${/^\d+$/.test(again) ? `in ${again} s` : `at ${visible(again)}`})`;
  const explanation = explanationOf(answer);
  const own = explanation === '' ? '' : ` ${title} says: ${explanation}`;
  throw new SkillError(reason, `${apiReasons[reason]} (${status})${when}${own}`);
}
