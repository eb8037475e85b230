// Which language models can be asked: as the model service says of itself every few seconds, while it is heard.
import type { Bus } from '@switchboard/bus';
import type { ModelHere } from '@switchboard/contract';

/** Away after this many that did not come. */
const missedMax = 3;
/** More model services than this are not told apart. */
const servicesMax = 8;
/** Whoever is here says so at once when the bus is back and it is asked who is. */
const answerMsMax = 1_000;
const timerMsMax = 2 ** 31 - 1;

export interface ModelsHere {
  /** One model at least can be asked. */
  here(): boolean;
  /** As last heard, in the order in which they are tried; none when nobody has been heard for a while. */
  list(): ModelHere['models'];
  /** none: no model service is here. down: it is, and none of its models answers. */
  state(): 'ok' | 'down' | 'none';
  /** Of each whose last call came to no answer: `name: why`. */
  problems(): string[];
  /**
   * Resolves when it is known whether a model is here: a service was heard since the bus is there, or has had a second
   * to answer. At once, where it is known. Also at the deadline, and when the signal is aborted; never rejects.
   */
  settled(options?: SettledOptions): Promise<void>;
  /** To be told whenever the bus comes or goes: what was said while it was away was not heard. */
  onBus(connected: boolean): void;
}

export interface SettledOptions {
  readonly deadline?: Date;
  readonly signal?: AbortSignal;
}

interface Heard {
  readonly message: ModelHere;
  readonly until: number;
}

interface Knowing {
  /** Nothing is known any more; whoever waits goes on. */
  doubt(): void;
  /** From now on so long, then it is known that nobody answers. */
  wait(): void;
  know(): void;
  known({ deadline, signal }: SettledOptions): Promise<void>;
}

function createKnowing(): Knowing {
  const waiting = new Set<() => void>();
  let isKnown = false;
  let timer: NodeJS.Timeout | undefined;
  function know(): void {
    clearTimeout(timer);
    isKnown = true;
    for (const tell of waiting) tell();
  }
  return {
    know,
    doubt() {
      clearTimeout(timer);
      isKnown = false;
    },
    wait() {
      clearTimeout(timer);
      timer = setTimeout(know, answerMsMax).unref();
    },
    async known({ deadline, signal }) {
      if (isKnown || signal?.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const leftMs = deadline === undefined ? timerMsMax : deadline.getTime() - Date.now();
      const late = setTimeout(resolve, Math.min(Math.max(0, leftMs), timerMsMax)).unref();
      waiting.add(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      await promise;
      clearTimeout(late);
      waiting.delete(resolve);
    },
  };
}

/** What one service says replaces what it said before: services are told apart by the models that they name. */
export function watchModels(bus: Bus, now: () => number = Date.now): ModelsHere {
  let heard: ReadonlyMap<string, Heard> = new Map();
  const alive = (): [string, Heard][] => [...heard].filter(([, { until }]) => until >= now());
  const knowing = createKnowing();
  if (bus.connected()) knowing.wait();

  bus.listen('modelHere', ({ message }) => {
    const names = message.models.map(({ name }) => name).join(' ');
    const others = alive().filter(([key]) => key !== names);
    const until = now() + message.intervalMs * missedMax;
    heard = new Map([...others.slice(1 - servicesMax), [names, { message, until }]]);
    knowing.know();
  });

  const list = (): ModelHere['models'] => alive().at(-1)?.[1].message.models ?? [];
  const isUp = ([, { message }]: [string, Heard]): boolean => message.models.some(({ up }) => up);
  return {
    here: () => alive().some(isUp),
    list,
    problems: () => list().flatMap(({ name, why }) => (why === undefined ? [] : [`${name}: ${why}`])),
    state() {
      const known = alive();
      if (known.length === 0) return 'none';
      return known.some(isUp) ? 'ok' : 'down';
    },
    settled: (options = {}) => knowing.known(options),
    onBus(connected) {
      knowing.doubt();
      if (connected) knowing.wait();
    },
  };
}
