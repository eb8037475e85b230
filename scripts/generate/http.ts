// docs/reference/http.md: every call of the HTTP API, with what it takes and what it answers.
import { httpResources, httpRoutes, type RouteFact, type ScopeKind, scopeFacts } from '@switchboard/contract';
import type { z } from 'zod';
import { code, page, table } from './markdown.ts';
import { fieldTables, toJsonSchema } from './schema-fields.ts';

const shown = (schema: z.ZodType | undefined, io: 'input' | 'output'): string =>
  schema === undefined ? '' : fieldTables(toJsonSchema(schema, io, httpResources));

/** A resource is linked to; anything else is spelled out. */
function answer(schema: z.ZodType | string): string {
  if (typeof schema === 'string') return code(schema);
  const named = Object.entries(httpResources).find(([, resource]) => resource === schema)?.[0];
  return named === undefined ? shown(schema, 'output') : `[${named}](#${named.toLowerCase()})`;
}

function titled(title: string, text: string): string[] {
  return text === '' ? [] : [`**${title}**`, text];
}

const scopeName = (kind: ScopeKind): string => code(kind === 'skill' ? 'skill:<name>' : kind);

function scopeTable(): string {
  const rows = Object.entries(scopeFacts) as [ScopeKind, string][];
  return table(
    ['Scope', 'With it a key may'],
    rows.map(([kind, does]) => [scopeName(kind), does]),
  );
}

function section(name: string, fact: RouteFact): string {
  return [
    `### ${name}`,
    code(`${fact.method} ${fact.path}`),
    fact.summary,
    fact.scopes === 'open' ? 'Needs no key.' : `Needs a key with the scope ${fact.scopes.map(scopeName).join(' or ')}.`,
    ...titled('In the path', shown(fact.params, 'input')),
    ...titled('In the query', shown(fact.query, 'input')),
    ...titled('Headers', shown(fact.headers, 'input')),
    ...titled('Body', shown(fact.body, 'input')),
    ...Object.entries(fact.responses).flatMap(([status, schema]) => titled(`Answer ${status}`, answer(schema))),
  ].join('\n\n');
}

export function httpPage(): string {
  const routes: [string, RouteFact][] = Object.entries(httpRoutes);
  const rows = routes.map(([name, { method, path, scopes, summary }]) => [
    `[${name}](#${name.toLowerCase()})`,
    code(`${method} ${path}`),
    scopes === 'open' ? '' : scopes.map(scopeName).join(', '),
    summary,
  ]);
  return page(
    'HTTP API',
    `JSON in camelCase, times in RFC 3339 UTC, opaque ids. \`Authorization: Bearer <key>\`; a key has some of the [scopes](#scopes). ` +
      'Fields that are not listed are refused. Errors are problem documents: see [errors](errors.md). The same as [OpenAPI 3.1](openapi.json), served at `/openapi.json` and shown at `/docs`.',
    table(['Call', 'Path', 'Scope', 'Does'], rows),
    '## Scopes',
    scopeTable(),
    'One rule for every call. 401: there is no key, or it opens nothing (any more). 403: a good key, and the call is not for it, ' +
      'whatever it is about. 404: there is no such thing, or it is not the caller’s. 403 again: they see it, and may not do this with it. ' +
      '429: too many calls, or too many wrong keys.',
    '## Calls',
    ...routes.map(([name, fact]) => section(name, fact)),
    '## Resources',
    ...Object.entries(httpResources).map(([name, schema]) => `### ${name}\n\n${shown(schema, 'output')}`),
  );
}
