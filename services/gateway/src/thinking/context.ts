// What a model is told of a session: as much as fits a budget of tokens, whatever the session's length.
import type { Context, Fact, Trust } from '@switchboard/contract';
import type { SaidTurn, SessionPast } from '@switchboard/store';

/** Turns that are looked at beyond the summary: the cost of a turn does not grow with its session. */
export const pastTurnsMax = 40;
/** Turns in the window at most. */
const insideMax = 20;
/** Turns that are out of the window before they are summed up: seldom, and a few at a time. */
const overdueTurns = 8;
/** So many of them, the oldest first. */
const summedMax = 20;
/** One message is no more than this of the whole window: the newest turn is always in it. */
const messageShare = 0.5;
/** Bytes of one token: of prose in most languages it is more, so that the window is not exceeded. */
const bytesPerToken = 3;
/** The contract's, in characters of any width. */
const messageBytesMax = 12_000;
/** Shorter, and nobody knows what was said. */
const messageBytesMin = 200;
const summedBytesMax = 1_000;
const summaryCharactersMax = 8_000;

const aroundBytes: Readonly<Record<Trust, number>> = { trusted: 40, untrusted: 150 };
const ellipsis = '…';
const leftOut: Context['messages'][number] = {
  role: 'switchboard',
  text: '(What was said before this is left out.)',
  trust: 'trusted',
};

const trustOf = (tainted: boolean): Trust => (tainted ? 'untrusted' : 'trusted');

/** Never half of a character. */
function cut(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text.toWellFormed();
  const room = Math.max(0, bytesMax - Buffer.byteLength(ellipsis));
  return `${bytes
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')}${ellipsis}`;
}

type Messages = Context['messages'];

/** What was asked, and what came of it: what somebody else wrote may be in the answer. */
function messagesOf({ input, output, tainted }: SaidTurn, bytesMax: number): Messages {
  const asked: Messages[number] = { role: 'person', text: cut(input, bytesMax), trust: 'trusted' };
  if (output === null || output === '') return [asked];
  return [asked, { role: 'switchboard', text: cut(output, bytesMax), trust: trustOf(tainted) }];
}

/** With what stands around each on its way to a model: its role, and the marks of what others wrote. */
const bytesOf = (messages: Messages): number =>
  messages.reduce((sum, { text, trust }) => sum + Buffer.byteLength(text) + aroundBytes[trust], 0);

export interface Window {
  readonly context: Context;
  /** What has fallen out of it and is in no summary yet, when there is much of it: oldest first, up to a sequence. */
  readonly overdue: { readonly messages: Messages; readonly through: number; readonly trust: Trust } | undefined;
}

export interface WindowOptions {
  /** For the messages; summary and facts have limits of their own. */
  readonly tokensMax: number;
  /** Of the session: an answer may repeat what an earlier turn has read. */
  readonly tainted: boolean;
}

/** Pure. */
export function windowOf(past: SessionPast, facts: readonly Fact[], { tokensMax, tainted }: WindowOptions): Window {
  const turns = past.turns.map((turn) => ({ ...turn, tainted: turn.tainted || tainted }));
  const bytesMax = tokensMax * bytesPerToken;
  const share = Math.min(
    messageBytesMax,
    Math.max(messageBytesMin, Math.floor(bytesMax * messageShare) - aroundBytes.untrusted),
  );
  const inside: Messages[] = [];
  let bytes = 0;
  for (const turn of turns.slice(0, insideMax)) {
    const messages = messagesOf(turn, share);
    bytes += bytesOf(messages);
    if (inside.length > 0 && bytes > bytesMax) break;
    inside.push(messages);
  }
  const summary = past.summary && { text: cut(past.summary.text, summaryCharactersMax), trust: past.summary.trust };
  const context = { ...(summary && { summary }), facts: facts.slice(0, 50), messages: inside.reverse().flat() };
  const outside = turns.slice(inside.length).reverse();
  if (outside.length < overdueTurns) return { context, overdue: undefined };
  const summed = outside.slice(0, summedMax);
  const said = summed.flatMap((turn) => messagesOf(turn, summedBytesMax));
  // What is older than all that was looked at is in no summary: that is not passed over in silence.
  const messages = past.more ? [leftOut, ...said].slice(0, 2 * summedMax) : said;
  const isUntrusted = summed.some((turn) => turn.tainted) || summary?.trust === 'untrusted';
  return { context, overdue: { messages, through: summed.at(-1)?.seq ?? 0, trust: trustOf(isUntrusted) } };
}
