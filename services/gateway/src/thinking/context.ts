// What a model is told of a session: as much as fits a budget of tokens, whatever the session's length.
import type { Context, Fact, Trust } from '@switchboard/contract';
import type { SaidTurn, SessionPast } from '@switchboard/store';

/** Turns that are looked at beyond the summary: the cost of a turn does not grow with its session. */
export const pastTurnsMax = 40;
/** Turns that are out of the window before they are summed up: seldom, and a few at a time. */
const overdueTurns = 8;
/** One message is no more than this of the whole window. */
const messageShare = 0.5;
/** Bytes of one token: of prose in most languages it is more, so that the window is not exceeded. */
const bytesPerToken = 3;

const trustOf = (tainted: boolean): Trust => (tainted ? 'untrusted' : 'trusted');

function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}…`;
}

type Messages = Context['messages'];

/** What was asked, and what came of it: what somebody else wrote may be in the answer. */
function messagesOf({ input, output, tainted }: SaidTurn, charactersMax: number): Messages {
  const asked: Messages[number] = { role: 'person', text: cut(input, charactersMax), trust: 'trusted' };
  if (output === null || output === '') return [asked];
  return [asked, { role: 'switchboard', text: cut(output, charactersMax), trust: trustOf(tainted) }];
}

const bytesOf = (messages: Messages): number => messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

export interface Window {
  readonly context: Context;
  /** What has fallen out of it and is in no summary yet, when that is due: oldest first, with the last one's sequence. */
  readonly overdue: { readonly messages: Messages; readonly through: number; readonly trust: Trust } | undefined;
}

/** Pure. `tokensMax` is for the messages; summary and facts have limits of their own. */
export function windowOf(past: SessionPast, facts: readonly Fact[], tokensMax: number): Window {
  const bytesMax = tokensMax * bytesPerToken;
  const charactersMax = Math.min(12_000, Math.floor(bytesMax * messageShare));
  const inside: Messages[] = [];
  let bytes = 0;
  for (const turn of past.turns) {
    const messages = messagesOf(turn, charactersMax);
    bytes += bytesOf(messages);
    if (bytes > bytesMax || inside.length === 20) break;
    inside.push(messages);
  }
  const outside = past.turns.slice(inside.length);
  const summary = past.summary && { text: cut(past.summary.text, 8_000), trust: past.summary.trust };
  const context = { ...(summary && { summary }), facts: facts.slice(0, 50), messages: inside.reverse().flat() };
  const [last] = outside;
  if (last === undefined || outside.length < overdueTurns) return { context, overdue: undefined };
  const oldestFirst = [...outside].reverse();
  const tainted = outside.some((turn) => turn.tainted) || summary?.trust === 'untrusted';
  const messages = oldestFirst.flatMap((turn) => messagesOf(turn, 1_000)).slice(-40);
  return { context, overdue: { messages, through: last.seq, trust: trustOf(tainted) } };
}
