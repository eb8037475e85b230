// A long list that an API gives page by page: where it goes on, and when enough has been read.
import type { ApiAnswer, ApiRead, ApiRequest } from '@switchboard/contract';
import { isRecord, lookUp } from './json.ts';
import type { Pagination } from './overlay.ts';

export const pagesMax = 10;
export const itemsMax = 1_000;

export interface PageOptions {
  readonly pagination: Pagination;
  /** Where the list lies, `data.items`; undefined: found by itself. */
  readonly items: string | undefined;
}

function pointer(path: string): string {
  return `#/${path.split('.').join('/')}`;
}

/** The path of the list in an answer: the answer itself (''), or its only member that is one. */
function listPath(value: unknown, items: string | undefined): string | undefined {
  if (items !== undefined) return Array.isArray(lookUp(value, pointer(items))) ? items : undefined;
  if (Array.isArray(value)) return '';
  if (!isRecord(value)) return undefined;
  const lists = Object.entries(value).filter(([, member]) => Array.isArray(member));
  return lists.length === 1 ? lists[0]?.[0] : undefined;
}

/** The list in an answer; undefined when it has none, or several. */
export function listIn(value: unknown, items: string | undefined): readonly unknown[] | undefined {
  const path = listPath(value, items);
  const found = path === '' ? value : path === undefined ? undefined : lookUp(value, pointer(path));
  return Array.isArray(found) ? found : undefined;
}

/** The first answer with a longer list in it. */
export function withList(value: unknown, items: string | undefined, list: readonly unknown[]): unknown {
  const path = listPath(value, items);
  if (path === undefined || path === '') return list;
  const replaced = (at: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined) return list;
    return isRecord(at) ? { ...at, [name]: replaced(at[name], rest) } : at;
  };
  return replaced(value, path.split('.'));
}

/** The address of the next page in a Link header (RFC 8288). */
export function nextLink(headers: ApiAnswer['headers']): string | undefined {
  for (const link of (headers['link'] ?? '').matchAll(/<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(link[2] ?? '');
    if ((relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return link[1];
  }
  return undefined;
}

function withParameter({ query }: ApiRequest, name: string, value: string): ApiRequest['query'] {
  return [...query.filter(([key]) => key !== name), [name, value]];
}

/** The request for the next page; undefined after the last, and for an answer that is no list. */
export function nextRequest(
  { pagination, items }: PageOptions,
  request: ApiRequest,
  answer: ApiAnswer,
  value: unknown,
  within: ApiRead['within'],
): ApiRequest | undefined {
  const list = listIn(value, items);
  if (list === undefined) return undefined;
  switch (pagination.style) {
    case 'none':
      return undefined;
    case 'link': {
      const link = nextLink(answer.headers);
      const place = link === undefined ? undefined : within(request, link);
      return place && { ...request, ...place };
    }
    case 'cursor': {
      const cursor = lookUp(value, pointer(pagination.field));
      if ((typeof cursor !== 'string' && typeof cursor !== 'number') || cursor === '') return undefined;
      return { ...request, query: withParameter(request, pagination.parameter, String(cursor)) };
    }
    case 'page': {
      if (list.length === 0) return undefined;
      const current = request.query.find(([name]) => name === pagination.parameter)?.[1];
      const number = current === undefined ? pagination.first : Number(current);
      return { ...request, query: withParameter(request, pagination.parameter, String(number + 1)) };
    }
  }
}
