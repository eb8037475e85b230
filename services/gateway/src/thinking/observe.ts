// What came of a turn's thoughts so far, out of the record: the same after a crash.
import type { NextReply, Observation } from '@switchboard/contract';
import type { InvocationRow, QuestionRow, ThoughtRow } from '@switchboard/store';
import { shortenOutput } from './shorten-output.ts';

/** Of one result, and of all together: earlier ones give way. */
const resultCharactersMax = 8_000;
const allCharactersMax = 24_000;
const earlierCharactersMax = 1_500;

type Call = Extract<NextReply, { kind: 'call' }>;

export interface Recorded {
  readonly thoughts: readonly ThoughtRow[];
  readonly invocations: readonly InvocationRow[];
  /** Questions that have been answered. */
  readonly answered: readonly QuestionRow[];
  readonly tainted: boolean;
}

/** The attempt of a step that settled it. */
export function settledAttempt(invocations: readonly InvocationRow[], step: number): InvocationRow | undefined {
  return invocations.findLast((row) => row.step === step && (row.state === 'succeeded' || row.state === 'failed'));
}

export function answerTo(answered: readonly QuestionRow[], thought: number): QuestionRow | undefined {
  return answered.find((row) => row.kind === 'input' && row.body['thought'] === thought);
}

/** `input` is what was chosen, with its references: what they stood for may be long, and of others. */
function resultOf(thought: number, input: Call['input'], row: InvocationRow, charactersMax: number): Observation {
  const { step, agent, skill, ingests: trust } = row;
  const base = { thought, kind: 'result' as const, step, agent, skill, input, trust };
  if (row.state === 'succeeded')
    return { ...base, state: 'succeeded', ...shortenOutput(row.output ?? {}, charactersMax) };
  const { code = 'internal', message = '', reason } = row.error ?? {};
  return { ...base, state: 'failed', text: `${reason ?? code}: ${message}`, cut: false };
}

function observationOf(recorded: Recorded, row: ThoughtRow, charactersMax: number): Observation | undefined {
  const { number: thought, answer } = row;
  if (answer.kind === 'call') {
    const { agent, skill, input } = answer;
    if (row.why !== null) return { thought, kind: 'not-done', agent, skill, input, why: row.why };
    const attempt = row.step === null ? undefined : settledAttempt(recorded.invocations, row.step);
    return attempt && resultOf(thought, input, attempt, charactersMax);
  }
  if (answer.kind === 'ask') {
    const text = answerTo(recorded.answered, thought)?.answer?.['text'];
    return typeof text === 'string' ? { thought, kind: 'answer', question: answer.text, text } : undefined;
  }
  if (answer.kind === 'consult') {
    const { agent, question } = answer;
    const base = { thought, kind: 'opinion' as const, agent, question };
    if (row.why !== null) return { ...base, text: row.why, trust: 'trusted' };
    const judged = recorded.thoughts.find((other) => other.number === thought + 1)?.answer;
    if (judged?.kind !== 'say') return undefined;
    return { ...base, text: judged.text, trust: recorded.tainted ? 'untrusted' : 'trusted' };
  }
  return undefined;
}

/** Pure. In the order of the thoughts. */
export function observationsOf(recorded: Recorded): Observation[] {
  const deciding = recorded.thoughts.filter((row) => row.purpose === 'decide');
  let left = allCharactersMax;
  const newestFirst = [...deciding].reverse().flatMap((row) => {
    const charactersMax = left > resultCharactersMax ? resultCharactersMax : earlierCharactersMax;
    const observation = observationOf(recorded, row, charactersMax);
    if (observation?.kind === 'result') left -= observation.text.length;
    return observation === undefined ? [] : [observation];
  });
  return newestFirst.reverse();
}
