// The HTTP server, put together from the contract's table.

import helmet from '@fastify/helmet';
import { fastifySSE } from '@fastify/sse';
import { bodyBytesMax } from '@switchboard/contract';
import { type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { approvalHandlers } from './approvals.ts';
import { auditHandlers } from './audit.ts';
import { createOriginCheck } from './auth.ts';
import { connectionTimes, limitConnections } from './connection-limits.ts';
import { deliveryHandlers } from './deliveries.ts';
import type { AppDeps } from './deps.ts';
import { eventHandlers } from './events.ts';
import { identityHandlers } from './identities.ts';
import { keyHandlers } from './keys.ts';
import { registerOpenApi } from './openapi.ts';
import { operationHandlers } from './operation.ts';
import { principalHandlers } from './principals.ts';
import { registerProblems } from './problems.ts';
import { registerReferencePage } from './reference-page.ts';
import { serve } from './serve.ts';
import { sessionHandlers } from './sessions.ts';
import { skillHandlers } from './skills.ts';
import { turnHandlers } from './turns.ts';
import { usageHandlers } from './usage.ts';

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({ ...connectionTimes, bodyLimit: bodyBytesMax, forceCloseConnections: 'idle' });
  limitConnections(app);
  // JSON is the only thing that is taken.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app, deps.log);

  const { config } = deps;
  const hosts = config.PUBLIC_HOSTS.split(',').map((host) => host.trim().toLowerCase());
  const checkOrigin = createOriginCheck(
    config.HOST,
    hosts.filter((host) => host !== ''),
  );
  app.addHook('onRequest', async (request) => checkOrigin(request));

  const seconds = deps.metrics.histogram(
    'switchboard_http_seconds',
    'Time from request to answer',
    ['method', 'route', 'status'],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  );
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
  });

  // It is plain HTTP on a private address: no promise about TLS, and the reference page brings its own scripts.
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
  await app.register(fastifySSE, { heartbeatInterval: 15_000 });
  registerOpenApi(app);
  registerReferencePage(app);

  serve(app, deps, turnHandlers(deps));
  serve(app, deps, sessionHandlers(deps));
  serve(app, deps, eventHandlers(deps));
  serve(app, deps, approvalHandlers(deps));
  serve(app, deps, skillHandlers(deps));
  serve(app, deps, operationHandlers(deps));
  serve(app, deps, auditHandlers(deps.database));
  serve(app, deps, deliveryHandlers(deps));
  serve(app, deps, usageHandlers(deps));
  serve(app, deps, keyHandlers(deps));
  serve(app, deps, principalHandlers(deps));
  serve(app, deps, identityHandlers(deps));
  await app.ready();
  return app;
}
