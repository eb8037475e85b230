// The ways in which a page's HTML can be read, by name.
import { pageFacts } from './page-facts.ts';
import { outline, readable } from './readable.ts';

export const waysToRead = { readable, outline, facts: pageFacts } as const;

export type WayToRead = keyof typeof waysToRead;
export type ReadAs<Way extends WayToRead> = ReturnType<(typeof waysToRead)[Way]>;
