// The model service on the bus: it answers agents and the router, and is the only one that speaks to providers.
import type { Bus } from '@switchboard/bus';
import type { Log } from '@switchboard/service';
import { createBook } from './book.ts';
import { createCalls } from './calls.ts';
import { createModel } from './model.ts';
import type { ModelSpec } from './model-spec.ts';
import { createPresence } from './presence.ts';
import { createThink } from './think.ts';

/** Together below what a process has to end in. */
const answerMsMax = 18_000;
const settleMsMax = 4_000;

export interface ServeOptions {
  readonly bus: Bus;
  readonly models: readonly ModelSpec[];
  /** Setting → key. */
  readonly keys: ReadonlyMap<string, string>;
  readonly log: Log;
}

export interface Served {
  /** The bus has come back. */
  connected(): void;
  /** Takes no more, answers what it can, settles what is open. */
  drain(): Promise<void>;
}

/** Resolves when the broker has taken the subscription. */
export async function serveModels({ bus, models: specs, keys, log }: ServeOptions): Promise<Served> {
  const book = createBook(bus, log);
  const models = specs.map((spec) => {
    const value = spec.key === undefined ? undefined : keys.get(spec.key);
    const key = spec.key === undefined || value === undefined ? undefined : { setting: spec.key, value };
    return createModel({ spec, key, book, onChange: () => presence.say() });
  });
  const presence = createPresence(bus, models);
  const calls = createCalls(createThink(models, log));
  const subscription = bus.respond(
    'model',
    ({ message, parameters }, say) => calls.ask(parameters.service, message, say),
    {
      onRefused: ({ code, message }, subject) =>
        log[code === 'internal' ? 'error' : 'info']({ subject, code }, message),
    },
  );
  bus.listen('who', () => presence.say());
  bus.listen('modelDrop', ({ message, parameters }) => calls.drop(parameters.service, message.id));
  await bus.flush();
  presence.say();
  for (const { name, provider, model } of specs) log.info({ name, provider, model }, 'model');
  return {
    connected: () => presence.say(),
    async drain() {
      presence.stop();
      await subscription.drain().catch(() => undefined);
      await calls.drain(answerMsMax);
      await book.drain(settleMsMax);
    },
  };
}
