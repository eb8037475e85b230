// What to say of a handler that returned or threw: a reply that keeps the contract, or that nobody here can tell.
import {
  type Artifact,
  errorFacts,
  type InvokeReply,
  inlineBytesMax,
  type SkillContract,
  SkillError,
  SwitchboardError,
  toErrorInfo,
} from '@switchboard/contract';

const textCharactersMax = 20_000;

export type Done = InvokeReply & { state: 'done' };
export type Failed = InvokeReply & { state: 'failed' };

/** Thrown when the effect may be half done, and only the world, or a person, can tell. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** How the output reads to a person; never throws. A longer text is cut and says so: the output is whole. */
function textOf(contract: SkillContract, output: Record<string, unknown>, input: Record<string, unknown>): string {
  let text: unknown;
  try {
    text = contract.say(output, input);
  } catch {
    text = undefined;
  }
  if (typeof text !== 'string' || text === '') return contract.title;
  if (text.length <= textCharactersMax) return text;
  const mark = `… (${text.length} characters in all)`;
  return text.slice(0, textCharactersMax - mark.length).toWellFormed() + mark;
}

/** Throws SwitchboardError `internal` for an output that breaks the contract, `too-large` for one past its limit. */
export function doneReply(
  id: string,
  contract: SkillContract,
  input: Record<string, unknown>,
  returned: unknown,
  artifacts: readonly Artifact[],
): Done {
  const parsed = contract.output.safeParse(returned);
  if (!parsed.success) {
    throw new SwitchboardError('internal', errorFacts.internal.title, { cause: parsed.error });
  }
  const json = JSON.stringify(parsed.data);
  if (Buffer.byteLength(json) > inlineBytesMax) {
    throw new SwitchboardError(
      'too-large',
      `The output is larger than ${inlineBytesMax} bytes: it must be an artifact`,
    );
  }
  const text = textOf(contract, parsed.data, input);
  return { v: 1, id, state: 'done', output: JSON.parse(json), text, artifacts: [...artifacts] };
}

export function failedReply(id: string, thrown: unknown): Failed {
  return { v: 1, id, state: 'failed', error: toErrorInfo(thrown) };
}

/** What a handler throws on purpose is the person's to read; a reason that its contract does not list is our fault. */
function deliberate(contract: SkillContract, thrown: unknown): thrown is SwitchboardError {
  if (thrown instanceof SkillError) return Object.hasOwn(contract.errors, thrown.reason ?? '');
  return thrown instanceof SwitchboardError && thrown.code !== 'skill-failed';
}

/**
 * What to say of a handler that threw. A call that was cut off in mid-effect has failed when a person canceled it, or
 * when it was late and may be done again; otherwise throws InterruptedError, as if the agent had died there. So it does
 * when the handler itself says that nobody can tell.
 */
export function failure(id: string, contract: SkillContract, signal: AbortSignal, thrown: unknown): Failed {
  const reason: unknown = signal.reason;
  if (thrown instanceof SwitchboardError && thrown.code === 'outcome-unknown') {
    throw new InterruptedError(thrown.message, { cause: thrown });
  }
  if (signal.aborted && reason instanceof SwitchboardError) {
    if (reason.code === 'canceled') return failedReply(id, reason);
    if (thrown !== reason && deliberate(contract, thrown)) return failedReply(id, thrown);
    const again = contract.repeat === 'safe' || contract.repeat === 'idempotent';
    if (again && reason.code === 'deadline-exceeded') return failedReply(id, reason);
    throw new InterruptedError(reason.message, { cause: thrown });
  }
  return failedReply(id, deliberate(contract, thrown) ? thrown : new Error('not for others', { cause: thrown }));
}
