// Routes are made from the table in the contract: a handler cannot take or answer anything else.
import { httpRoutes, type RouteFact, type RouteName } from '@switchboard/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Gate } from '../identity/gate.ts';
import { authenticate, type Caller } from './auth.ts';

type Infer<Fact, Part extends string> = Fact extends { readonly [Key in Part]: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined;

export interface Call<Name extends RouteName> {
  readonly params: Infer<(typeof httpRoutes)[Name], 'params'>;
  readonly query: Infer<(typeof httpRoutes)[Name], 'query'>;
  readonly headers: Infer<(typeof httpRoutes)[Name], 'headers'>;
  readonly body: Infer<(typeof httpRoutes)[Name], 'body'>;
  readonly caller: (typeof httpRoutes)[Name]['scopes'] extends 'open' ? undefined : Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type Handler<Name extends RouteName> = (call: Call<Name>) => Promise<unknown>;
export type Handlers<Names extends RouteName> = { readonly [Name in Names]: Handler<Name> };

function responses(fact: RouteFact): Record<string, z.ZodType> {
  const schemas: Record<string, z.ZodType> = {};
  for (const [status, schema] of Object.entries(fact.responses)) {
    if (typeof schema !== 'string') schemas[status] = schema;
  }
  return schemas;
}

function isStream(fact: RouteFact): boolean {
  return fact.responses[200] === 'text/event-stream';
}

export function serve<Names extends RouteName>(app: FastifyInstance, gate: Gate, handlers: Handlers<Names>): void {
  for (const name of Object.keys(handlers) as Names[]) {
    const fact: RouteFact = httpRoutes[name];
    const handler = handlers[name] as Handler<RouteName>;
    app.route({
      method: fact.method,
      url: fact.path,
      ...(isStream(fact) && { sse: 'only' as const }),
      schema: {
        ...(fact.params && { params: fact.params }),
        ...(fact.query && { querystring: fact.query }),
        ...(fact.headers && { headers: fact.headers }),
        ...(fact.body && { body: fact.body }),
        response: responses(fact),
      },
      // Before the body is read: a stranger's megabyte is not ours to parse.
      onRequest: async (request) => {
        if (fact.scopes !== 'open') known.set(request, await authenticate(gate, request, fact.scopes));
      },
      // A call without a body says as much as one with an empty object.
      preValidation: async (request) => {
        if (fact.body) request.body ??= {};
      },
      handler: async (request, reply) =>
        handler({
          params: request.params,
          query: request.query,
          headers: request.headers,
          body: request.body,
          caller: known.get(request),
          request,
          reply,
        } as never),
    });
  }
}

const known = new WeakMap<FastifyRequest, Caller>();
