// What a turn that a model led has really done: said from what the agents have finished, never from the model's words.
import type { Effect } from '@switchboard/contract';
import type { InvocationRow, TurnOutput } from '@switchboard/store';
import type { OfferedSkill } from '../directory.ts';

const lineCharactersMax = 300;

const acts = (effects: readonly Effect[]): boolean => effects.some(({ class: effectClass }) => effectClass !== 'read');

function oneLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length <= lineCharactersMax ? line : `${line.slice(0, lineCharactersMax)}…`;
}

export interface Accounts {
  /** What the model said; undefined: it came to no end. */
  readonly said: string | undefined;
  readonly invocations: readonly InvocationRow[];
  readonly offered: readonly OfferedSkill[];
}

/** Pure. The text ends with what was done; where something could have been, and was not, it says that too. */
export function accountFor({ said, invocations, offered }: Accounts): TurnOutput {
  const done = invocations.filter((row) => row.state === 'succeeded');
  const receipts = done.map(({ id, step, agent, skill, effects, text }) => ({
    invocation: id,
    step,
    agent,
    skill,
    effects,
    text: oneLine(text ?? ''),
  }));
  const acted = receipts.filter(({ effects }) => acts(effects));
  const couldAct = offered.some(({ document }) => acts(document.effects));
  const account =
    acted.length > 0
      ? ['Done:', ...acted.map(({ text }) => `- ${text}`)].join('\n')
      : couldAct
        ? 'Nothing was changed or sent.'
        : undefined;
  const text = [said, account].filter((part) => part !== undefined).join('\n\n');
  return { text, data: { receipts } };
}
