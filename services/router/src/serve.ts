// The router on the bus: it hears contracts and answers route requests, and holds nothing that matters.
import type { Bus } from '@switchboard/bus';
import type { Log } from '@switchboard/service';
import { createCatalogueCache } from './catalogue-cache.ts';
import { answerRoute, choiceMsMax } from './model/answer.ts';
import { createAskModel } from './model/ask-model.ts';

/** Resolves when the broker has taken the subscriptions. `choiceMs` is how long a model's choice is waited for. */
export async function serveRoutes(bus: Bus, log: Log, choiceMs = choiceMsMax): Promise<void> {
  const catalogues = createCatalogueCache(({ skills, problems }) => {
    log.info({ skills: skills.length }, 'catalogue');
    for (const problem of problems) log.warn(problem, 'an utterance was left out');
  });
  const onRefused = (info: { code: string; message: string }, subject: string): void =>
    log.warn({ subject, code: info.code }, info.message);
  bus.listen('catalogue', ({ message }) => catalogues.learn(message), { onRefused });
  bus.respond(
    'route',
    async ({ message, traceparent }) => {
      const { catalogue, ...request } = message;
      const ask = createAskModel(bus, log, choiceMs, traceparent);
      return answerRoute(request, catalogues.indexOf(catalogue), { now: new Date(), ask });
    },
    { onRefused },
  );
  await bus.flush();
}
