// How facts read to a person: one line each, never shortened.
import type { Fact } from '@switchboard/contract';
import { printable } from '../files/phrases.ts';

const sources: Readonly<Record<Fact['provenance'], string>> = {
  person: '',
  agent: ' (concluded by a model)',
  untrusted: ' (from what somebody else wrote)',
};

export function lineOf({ text, provenance, pinned }: Fact): string {
  return `  ${printable(text)}${sources[provenance]}${pinned ? ' (always in view)' : ''}`;
}

export function linesOf(facts: readonly Fact[]): string {
  return facts.map(lineOf).join('\n');
}
