// The contracts that the gateway has told, by revision, and the indexes made of them. Nothing here needs to survive.
import { type MessageOf, SwitchboardError } from '@switchboard/contract';
import { type CatalogueIndex, indexCatalogue } from './catalogue-index.ts';

type Catalogue = MessageOf<'catalogue'>;

/** Old revisions are forgotten; the gateway tells them again when it asks about one. */
const revisionsMax = 64;
const indexesMax = 4;

export interface CatalogueCache {
  learn(catalogue: Catalogue): void;
  /** Throws `contract-mismatch` when one of the revisions has not been told. */
  indexOf(wanted: MessageOf<'route'>['catalogue']): CatalogueIndex;
}

/** Keeps the newest `max` entries. */
function remember<Value>(cache: Map<string, Value>, key: string, value: Value, max: number): Value {
  cache.delete(key);
  cache.set(key, value);
  const [oldest] = cache.keys();
  if (cache.size > max && oldest !== undefined) cache.delete(oldest);
  return value;
}

/** `onIndexed` hears of each index that is made: which utterances of it had to be left out. */
export function createCatalogueCache(onIndexed: (index: CatalogueIndex) => void = () => {}): CatalogueCache {
  const catalogues = new Map<string, Catalogue>();
  const indexes = new Map<string, CatalogueIndex>();
  const keyOf = ({ agent, revision }: { agent: string; revision: string }): string => `${agent} ${revision}`;

  return {
    learn: (catalogue) => void remember(catalogues, keyOf(catalogue), catalogue, revisionsMax),
    indexOf(wanted) {
      const key = wanted.map(keyOf).sort().join('\n');
      const known = indexes.get(key);
      if (known) return remember(indexes, key, known, indexesMax);
      const entries = wanted.flatMap((one) => {
        const catalogue = catalogues.get(keyOf(one));
        if (!catalogue)
          throw new SwitchboardError('contract-mismatch', `The contracts of ${one.agent} have not been told`);
        return catalogue.skills.map((document) => ({ agent: one.agent, document }));
      });
      const index = indexCatalogue(entries);
      onIndexed(index);
      return remember(indexes, key, index, indexesMax);
    },
  };
}
