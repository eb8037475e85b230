// What a turn that a model led has really done: said from what the agents have finished, never from the model's words.
import type { Effect } from '@switchboard/contract';
import type { InvocationRow, TurnOutput } from '@switchboard/store';
import type { OfferedSkill } from '../directory.ts';

const lineCharactersMax = 300;

const acts = (effects: readonly Effect[]): boolean => effects.some(({ class: effectClass }) => effectClass !== 'read');

function oneLine(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length <= lineCharactersMax ? line : `${line.slice(0, lineCharactersMax).toWellFormed()}…`;
}

export interface Accounts {
  /** What the model said, or why it came to no end. */
  readonly said: string;
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
  const failed = invocations.filter(({ state, effects }) => state !== 'succeeded' && acts(effects));
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [[title, ...lines.map((line) => `- ${line}`)].join('\n')];
  const couldAct = offered.some(({ document }) => acts(document.effects));
  const account = [
    ...list(
      'Done:',
      acted.map(({ text }) => text),
    ),
    // It began: what it says of itself is all that is known.
    ...list(
      'Failed:',
      failed.map(({ skill, error, state }) => `${skill}: ${oneLine(error?.message ?? state)}`),
    ),
  ];
  const nothing = account.length === 0 && couldAct ? ['Nothing was changed or sent.'] : [];
  const text = [said, ...account, ...nothing].filter((part) => part !== undefined && part !== '').join('\n\n');
  return { text, data: { receipts } };
}
