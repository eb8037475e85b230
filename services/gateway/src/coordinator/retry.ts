// A person lets what may or may not have been done be tried again: a turn of its own, once, however often they say so.
import { hashJson, SwitchboardError } from '@switchboard/contract';
import type { NewTurn, TurnView } from '@switchboard/store';

/** Throws `conflict` when there is nothing to try again. */
export function retryOf(
  { turn, invocations }: TurnView,
  questionId: string,
): Pick<NewTurn, 'idempotencyKey' | 'requestHash' | 'request' | 'address'> {
  const step = invocations.findLast((row) => row.state === 'unknown');
  if (!step) throw new SwitchboardError('conflict', 'There is nothing to try again');
  const { agent, skill, contractHash, input } = step;
  const text = turn.request.input;
  return {
    idempotencyKey: `retry:${questionId}`,
    requestHash: hashJson({ retry: questionId }),
    request: { input: text, dryRun: false },
    address: { text, typed: { skill: { agent, skill, contractHash }, arguments: input } },
  };
}
