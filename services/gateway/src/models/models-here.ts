// Which language models can be asked: as the model service says of itself every few seconds, while it is heard.
import type { Bus } from '@switchboard/bus';
import type { ModelHere } from '@switchboard/contract';

/** Away after this many that did not come. */
const missedMax = 3;
/** More model services than this are not told apart. */
const servicesMax = 8;

export interface ModelsHere {
  /** One model at least can be asked. */
  here(): boolean;
  /** As last heard, in the order in which they are tried; none when nobody has been heard for a while. */
  list(): ModelHere['models'];
  /** none: no model service is here. down: it is, and none of its models answers. */
  state(): 'ok' | 'down' | 'none';
}

interface Heard {
  readonly message: ModelHere;
  readonly until: number;
}

/** What one service says replaces what it said before: services are told apart by the models that they name. */
export function watchModels(bus: Bus, now: () => number = Date.now): ModelsHere {
  let heard: ReadonlyMap<string, Heard> = new Map();
  const alive = (): [string, Heard][] => [...heard].filter(([, { until }]) => until >= now());

  bus.listen('modelHere', ({ message }) => {
    const names = message.models.map(({ name }) => name).join(' ');
    const others = alive().filter(([key]) => key !== names);
    const until = now() + message.intervalMs * missedMax;
    heard = new Map([...others.slice(1 - servicesMax), [names, { message, until }]]);
  });

  const isUp = ([, { message }]: [string, Heard]): boolean => message.models.some(({ up }) => up);
  return {
    here: () => alive().some(isUp),
    list: () => alive().at(-1)?.[1].message.models ?? [],
    state() {
      const known = alive();
      if (known.length === 0) return 'none';
      return known.some(isUp) ? 'ok' : 'down';
    },
  };
}
