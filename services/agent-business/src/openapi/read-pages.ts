// Reads an answer to its end: page after page, as far as the limits and the time go.
import { type ApiAnswer, type ApiRead, type ApiRequest, SkillError } from '@switchboard/contract';
import { itemsMax, listIn, nextLink, nextRequest, type PageOptions, pagesMax, withList } from './pages.ts';
import { type Described, type ReadAnswer, readAnswer } from './read-answer.ts';

export interface Pages extends ReadAnswer {
  readonly pages?: number;
  /** There is more than was read. */
  readonly more?: boolean;
}

/** Of all pages together. */
const bytesMax = 10 * 1024 * 1024;

export interface ReadPagesOptions extends PageOptions {
  readonly described: (answer: ApiAnswer) => Described;
  /** Throws SkillError for an answer that says no. */
  readonly refuse: (answer: ApiAnswer) => void;
  /** Reading stops before it, with what there is. */
  readonly deadline: Date;
}

/** The first page may throw; one after it that does ends the reading, and `more` says so. */
export async function readPages(api: ApiRead, first: ApiRequest, options: ReadPagesOptions): Promise<Pages> {
  const { described, items, pagination, refuse } = options;
  const began = Date.now();
  let answer = await api.read(first);
  // A page that takes twice as long as the first has to end in time.
  const lastStart = options.deadline.getTime() - 2 * (Date.now() - began);
  refuse(answer);
  const whole = readAnswer(answer, described(answer));
  if (whole.answer !== 'as-described') return whole;
  const list = [...(listIn(whole.data, items) ?? [])];
  const firstLength = list.length;
  let request: ApiRequest | undefined = nextRequest(options, first, answer, whole.data, api.within);
  let circled = false;
  let pages = 1;
  let bytes = answer.body.length;
  const asked = new Set<string>([JSON.stringify([first.path, first.query])]);
  while (request !== undefined && pages < pagesMax && list.length < itemsMax && bytes < bytesMax) {
    if (Date.now() > lastStart) break;
    const place = JSON.stringify([request.path, request.query]);
    // A cursor that comes back to where it was would go round for ever.
    if (asked.has(place)) {
      circled = true;
      break;
    }
    asked.add(place);
    try {
      answer = await api.read(request);
      refuse(answer);
    } catch (error) {
      if (error instanceof SkillError) break;
      throw error;
    }
    const page = readAnswer(answer, described(answer));
    const added = page.answer === 'as-described' ? listIn(page.data, items) : undefined;
    if (added === undefined) break;
    list.push(...added);
    pages += 1;
    bytes += answer.body.length;
    const ended = pagination.style === 'page' && added.length < firstLength;
    request = ended ? undefined : nextRequest(options, request, answer, page.data, api.within);
  }
  // A page that lies elsewhere is not asked for, and not kept secret.
  const left = request !== undefined || (pagination.style === 'link' && nextLink(answer.headers) !== undefined);
  const more = (left && !circled) || (pages > 1 && list.length > itemsMax);
  if (pages === 1) return { ...whole, ...(more && { more }) };
  return { ...whole, data: withList(whole.data, items, list.slice(0, itemsMax)), pages, more };
}
