// Which operations of a document become skills, what the operator says of each, and what each is called.
import { ApiProblem } from './api-problem.ts';
import { findOperation, type ListedOperation, placeOf, selectOperations } from './list-operations.ts';
import { deriveName } from './name-operation.ts';
import type { OperationOverlay, Overlay } from './overlay.ts';

export interface Choice {
  readonly listed: ListedOperation;
  readonly own: OperationOverlay | undefined;
  /** By name, and not only as one of many. */
  readonly asked: boolean;
}

/** Throws ApiProblem where two of them have one operationId: nobody could say which is meant. */
function refuseTwins(chosen: readonly ListedOperation[]): void {
  const first = new Map<string, ListedOperation>();
  for (const one of chosen) {
    if (one.operationId === undefined) continue;
    const other = first.get(one.operationId);
    if (other !== undefined) {
      throw new ApiProblem(`the operationId ${one.operationId} is there twice: ${placeOf(other)} and ${placeOf(one)}`);
    }
    first.set(one.operationId, one);
  }
}

/** What `operations` names is chosen in any case. Throws ApiProblem for a name that the document does not have. */
export function chooseOperations(all: readonly ListedOperation[], { operations, select }: Overlay): Choice[] {
  const own = new Map(Object.entries(operations).map(([name, words]) => [findOperation(all, name), words]));
  const named = [...(select?.operations ?? []), ...Object.keys(operations)];
  const chosen = selectOperations(all, select && { ...select, operations: named });
  refuseTwins(chosen);
  const asked = new Set(named.map((name) => findOperation(all, name)));
  return chosen.map((listed) => ({ listed, own: own.get(listed), asked: asked.has(listed) }));
}

/** By place. The operator's names go first. Throws ApiProblem for one that is taken. */
export function nameOperations(
  api: string,
  choices: readonly Choice[],
  reserved: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const taken = new Set(reserved);
  const names = new Map<string, string>();
  const take = (listed: ListedOperation, name: string): void => {
    if (taken.has(name)) throw new ApiProblem(`${placeOf(listed)}: another skill is named ${name} already`);
    taken.add(name);
    names.set(placeOf(listed), name);
  };
  for (const { listed, own } of choices) if (own?.name !== undefined) take(listed, own.name);
  for (const { listed, own } of choices) if (own?.name === undefined) take(listed, deriveName(api, listed, taken));
  return names;
}
