// The page that shows the API reference. Its bundle takes 25 MB of memory, so it is loaded when somebody first looks.
import { type FastifyInstance, fastify } from 'fastify';

const prefix = '/docs';

async function build(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const page = fastify();
  await page.register(scalar, { routePrefix: prefix, configuration: { url: '/openapi.json', telemetry: false } });
  await page.ready();
  return page;
}

/** Adds `/docs`; it needs no key, because the reference holds nothing but what the documentation holds. */
export function registerReferencePage(app: FastifyInstance): void {
  let page: Promise<FastifyInstance> | undefined;
  const options = { schema: { hide: true } };
  // Who opens the address that was printed sees what it is for.
  app.get('/', options, async (_, reply) => reply.redirect(prefix));
  for (const url of [prefix, `${prefix}/*`]) {
    app.get(url, options, async (request, reply) => {
      page ??= build();
      const { routing } = await page;
      reply.hijack();
      routing(request.raw, reply.raw);
    });
  }
}
