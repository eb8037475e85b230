// The API as an OpenAPI 3.1 document: made from the contract's table alone, without a database or a bus.
import { STATUS_CODES } from 'node:http';
import { conciseSchema, httpResources, httpRoutes, problemSchema, type RouteFact } from '@switchboard/contract';
import { type FastifyInstance, fastify } from 'fastify';
import { createJsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';

export type OpenApiDocument = ReturnType<FastifyInstance['swagger']>;

const info = {
  title: 'Switchboard',
  version: '1',
  description: 'Say what you want; the right agent does it, and the record shows what was done.',
};
const securitySchemes = { key: { type: 'http' as const, scheme: 'bearer' } };

/** Resources are components: named once, referred to everywhere. */
function resourceRegistry() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(httpResources)) registry.add(schema, { id });
  return registry;
}

function components(registry: ReturnType<typeof resourceRegistry>): Record<string, object> {
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { metadata: registry, uri, override: conciseSchema });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $id, $schema, ...schema }]) => [id, schema]));
}

function content(schema: z.ZodType | string): Record<string, { schema: z.ZodType }> {
  if (typeof schema !== 'string') return { 'application/json': { schema } };
  return { [schema]: { schema: schema.startsWith('text/') ? z.string() : z.unknown() } };
}

function responses(fact: RouteFact): Record<string, unknown> {
  const named = Object.entries(fact.responses).map(([status, schema]) => [
    status,
    { description: STATUS_CODES[status], content: content(schema) },
  ]);
  const problem = { description: 'Problem', content: { 'application/problem+json': { schema: problemSchema } } };
  return { ...Object.fromEntries(named), default: problem };
}

function describe(app: FastifyInstance, operationId: string, fact: RouteFact): void {
  app.route({
    method: fact.method,
    url: fact.path,
    schema: {
      operationId,
      summary: fact.summary,
      tags: [fact.tag],
      security: fact.scopes === 'open' ? [] : fact.scopes.map((scope) => ({ key: [scope] })),
      ...(fact.params && { params: fact.params }),
      ...(fact.query && { querystring: fact.query }),
      ...(fact.headers && { headers: fact.headers }),
      ...(fact.body && { body: fact.body }),
      response: responses(fact),
    },
    handler: async () => undefined,
  });
}

/** Makes it anew at each call. It holds no times, hosts or versions of the deployment: always the same bytes. */
export async function describeApi(): Promise<OpenApiDocument> {
  const { default: swagger } = await import('@fastify/swagger');
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const schemaRegistry = resourceRegistry();
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info, components: { schemas: components(schemaRegistry), securitySchemes } },
    transform: createJsonSchemaTransform({ schemaRegistry, zodToJsonConfig: { override: conciseSchema } }),
  });
  for (const [name, fact] of Object.entries(httpRoutes)) describe(app, name, fact);
  await app.ready();
  return app.swagger();
}

/** Adds `/openapi.json`, made when somebody first asks. */
export function registerOpenApi(app: FastifyInstance): void {
  let document: Promise<OpenApiDocument> | undefined;
  app.get('/openapi.json', async () => {
    document ??= describeApi();
    return document;
  });
}
