// A recorded conversation: what lies in the world, what the person says, what a model answered, and what must come of it.
import type { ModelAnswer } from '@switchboard/testkit/peers/model-server';

/** A part of a text. What a named group of an expression finds can be said later as `{name}`. */
export type Shown = string | RegExp;

/** Servers that not every machine can run; a conversation that needs one is skipped there, by name. */
export type PeerName = 'mailbox' | 'chat' | 'notifications' | 'erp' | 'sandbox';

/** What one request to a model has to be, and what is answered. `{site}` and the like are filled in, see world.ts. */
export interface Exchange {
  /** choice: the router's. judgement: of a role. */
  readonly asks: 'choice' | 'decision' | 'judgement' | 'summary';
  /** Tools that are among those offered; those that were chosen are in any case. */
  readonly offers?: readonly string[];
  /** No tool at all. */
  readonly offersNone?: boolean;
  /** The last message of the request has these in it: what came of the step before. */
  readonly sees?: readonly Shown[];
  /** These are somewhere in the request: what was said, what is known. */
  readonly knows?: readonly Shown[];
  /** They are nowhere in it. */
  readonly hides?: readonly string[];
  /** They stand between the marks of what others wrote, and nowhere else. */
  readonly marks?: readonly string[];
  readonly says: ModelAnswer;
}

export type RequestPart = Omit<Exchange, 'asks' | 'says'>;

/** A question of Switchboard: what its text has in it, and what the person answers. */
export interface Reply {
  readonly asked: readonly Shown[];
  readonly rule?: string;
  readonly answer: Readonly<Record<string, string | boolean>>;
}

/** How a turn ends. */
export interface End {
  /** Not there: completed. */
  readonly state?: string;
  /** `agent skill`, with the state behind it where that is not succeeded: all of them, in order. */
  readonly steps: readonly string[];
  readonly text?: readonly Shown[];
  readonly error?: { readonly code: string; readonly says?: readonly Shown[] };
}

export interface Said {
  readonly person: string;
  /** Another session of the same person than the one that the conversation began in. */
  readonly session?: string;
  /** In order; none: no model is asked. */
  readonly model: readonly Exchange[];
  readonly replies?: readonly Reply[];
  readonly end: End;
}

export interface Mail {
  readonly from: string;
  readonly subject: string;
  readonly text: string;
}

export interface Conversation {
  readonly name: string;
  readonly needs?: readonly PeerName[];
  /** Path → text. Nothing else lies in the workspace. */
  readonly files?: Readonly<Record<string, string>>;
  /** Delivered before the first word. */
  readonly mails?: readonly Mail[];
  readonly turns: readonly Said[];
  /** All that is otherwise afterwards, by what world.ts calls it; null: it is gone. Whatever is not named is as it was. */
  readonly after: Readonly<Record<string, Shown | null>>;
}

/** The router's question, answered with these skills. */
export const choose = (...skills: readonly string[]): Exchange => ({
  asks: 'choice',
  says: { json: { kind: 'do', skills } },
});

export const call = (tool: string, input: Record<string, unknown>, request: RequestPart = {}): Exchange => ({
  ...request,
  asks: 'decision',
  says: { call: { tool, arguments: input } },
});

export const say = (text: string, request: RequestPart = {}): Exchange => ({
  ...request,
  asks: 'decision',
  says: { text },
});

/** Any answer to a question what to do. */
export const answer = (says: ModelAnswer, request: RequestPart = {}): Exchange => ({
  ...request,
  asks: 'decision',
  says,
});

export const judge = (text: string, request: RequestPart = {}): Exchange => ({
  ...request,
  asks: 'judgement',
  says: { text },
});

/** What an earlier step of the turn gave. */
export const from = (step: number, field: string) => ({ $from: { step, field } });

export const yes = (...asked: readonly Shown[]): Reply => ({ asked, answer: { approve: true } });
export const no = (...asked: readonly Shown[]): Reply => ({ asked, answer: { approve: false } });

/** What a person is told before they approve anything after text of others was read. */
export const unfamiliar = 'Text that somebody else wrote was read before this';
