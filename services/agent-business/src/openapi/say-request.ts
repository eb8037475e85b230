// What a person reads before they say yes: where it goes, and all that is sent.
import type { BuiltRequest } from './build-request.ts';
import type { InputField } from './input-fields.ts';
import { visible } from './say-json.ts';

export interface SaidRequest {
  readonly api: { readonly title: string; readonly server: URL };
  readonly title: string;
  readonly effect: string;
  readonly fields: readonly InputField[];
}

/** A value as JSON: where it ends, and what is in it, cannot be mistaken. Never shortened. */
function jsonOf(value: unknown): string {
  return visible(JSON.stringify(value, undefined, 2)).replaceAll('\n', '\n    ');
}

export function sayRequest(
  { api, title, effect, fields }: SaidRequest,
  { method, path, query }: BuiltRequest,
  input: Readonly<Record<string, unknown>>,
): string {
  const url = new URL(api.server);
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of query) url.searchParams.append(name, value);
  const given = fields.filter(({ name }) => input[name] !== undefined);
  return [
    `${title} (${api.title})${effect === 'destructive' ? ': this cannot be undone' : ''}`,
    `${method} ${visible(url.href)}`,
    ...(given.length > 0 ? ['with'] : ['with nothing else']),
    ...given.map(({ name }) => `  ${name}: ${jsonOf(input[name])}`),
  ].join('\n');
}
