// A planned step as it is carried out: references in its input give way to what earlier steps of the turn gave.
import {
  type PlannedStep,
  referencesIn,
  resolveReferences,
  SwitchboardError,
  sayReference,
} from '@switchboard/contract';
import type { Work } from '@switchboard/store';
import type { ContractCheck } from '../check-contract.ts';
import type { Directory } from '../directory.ts';
import { offered } from './offered.ts';
import type { StepPlace } from './told.ts';

export interface FillingParts {
  readonly store: Pick<Work, 'turns'>;
  readonly directory: Directory;
  readonly check: ContractCheck;
}

function hasField(schema: Readonly<Record<string, unknown>>, field: string): boolean {
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null && Object.hasOwn(properties, field);
}

/**
 * A plan in which a step would take what none before it gives is not begun. Throws `invalid-input`, or
 * `contract-mismatch` when a skill that something is taken from is not offered any more as it was planned.
 */
export function checkReferences({ directory }: Pick<FillingParts, 'directory'>, steps: readonly PlannedStep[]): void {
  for (const [index, { skill, input }] of steps.entries()) {
    // Nothing is before the first step: what looks like a reference there is data.
    for (const source of index === 0 ? [] : referencesIn(input)) {
      const giver = source.step <= index ? steps[source.step - 1] : undefined;
      if (giver && hasField(offered(directory, giver).document.output, source.field)) continue;
      throw new SwitchboardError('invalid-input', `${skill} would take ${sayReference(source)}, which gives none`);
    }
  }
}

/**
 * The step with its whole input, from what is stored of the earlier ones: the same after a crash. An attempt that has
 * begun keeps the input that it began with. Throws `invalid-input` when what they gave does not fit the contract, and
 * `contract-mismatch` when that is not offered any more.
 */
export async function fillStep(parts: FillingParts, turnId: string, { number, step }: StepPlace): Promise<PlannedStep> {
  if (number === 1 || referencesIn(step.input).length === 0) return step;
  const rows = await parts.store.turns.invocations(turnId);
  const begun = rows.findLast((row) => row.step === number);
  if (begun?.state === 'started' || begun?.state === 'succeeded') return { ...step, input: begun.input };
  const given = rows.flatMap((row) => (row.state === 'succeeded' ? [[row.step, row.output ?? {}] as const] : []));
  const input = resolveReferences(step.input, new Map(given));
  const skill = offered(parts.directory, step);
  const misfit = parts.check(skill, 'input', input);
  if (misfit === undefined) return { ...step, input };
  throw new SwitchboardError('invalid-input', `${skill.document.title} cannot take what was made for it: ${misfit}`);
}
