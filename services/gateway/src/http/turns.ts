// Turns: said, read, answered, canceled.

import { isDeepStrictEqual } from 'node:util';
import { hashJson, isTerminal, SwitchboardError } from '@switchboard/contract';
import type { AnswerEffect, QuestionRow, TurnView } from '@switchboard/store';
import type { FastifyReply } from 'fastify';
import { type Answer, effectOf } from '../coordinator/questions.ts';
import { retryOf } from '../coordinator/retry.ts';
import { told } from '../coordinator/told.ts';
import { type Acted, accept, answerWithTurn, requiredKey } from './accept.ts';
import type { Caller } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { viewTurn } from './view.ts';

/** Throws `not-found`, also for another principal's. */
export async function findTurn(caller: Caller, id: string): Promise<TurnView> {
  const view = await caller.own.turns.view(id);
  if (!view) throw new SwitchboardError('not-found', 'There is no such turn');
  return view;
}

/** The person lets it be tried again: a turn of its own, once, however often they say so. */
async function retryUnknown(deps: HttpDeps, caller: Caller, view: TurnView, questionId: string): Promise<Acted> {
  const { idempotencyKey: key, requestHash, request, address } = retryOf(view, questionId);
  return accept(deps, { caller, sessionId: view.turn.sessionId, key, request, address, requestHash });
}

/**
 * The question that is meant: the named one, else the open one, else the last. Throws `conflict` when there is none, and
 * when an approval that comes after another question is not named: a yes that is sent twice is one yes.
 */
export async function questionFor({ own }: Caller, view: TurnView, named: string | undefined): Promise<QuestionRow> {
  const answered = await own.questions.answered(view.turn.id);
  if (named === undefined && answered.length > 0 && view.question?.kind === 'approval') {
    throw new SwitchboardError('conflict', 'The turn has asked before: name the question that you answer');
  }
  const asked = [...answered, ...(view.question ? [view.question] : [])];
  const question = named === undefined ? asked.at(-1) : asked.find((row) => row.id === named);
  if (question) return question;
  throw new SwitchboardError('conflict', named === undefined ? 'The turn asks nothing' : 'The turn does not ask this');
}

/** Writes the answer, once. The same answer again is a repeat (false), another one a conflict. */
async function writeAnswer(deps: HttpDeps, { own }: Caller, view: TurnView, effect: AnswerEffect): Promise<boolean> {
  const events = await own.questions.answer(effect);
  if (events) {
    deps.feed.tell(events);
    deps.relay.wake();
    deps.coordinator.wake(view.turn.sessionId);
    return true;
  }
  const answered = (await own.questions.answered(view.turn.id)).find((row) => row.id === effect.questionId);
  if (!isDeepStrictEqual(answered?.answer, effect.answer)) {
    throw new SwitchboardError('conflict', 'The question has been answered, or its time is over');
  }
  return false;
}

export interface Answering {
  readonly view: TurnView;
  readonly question: QuestionRow;
  readonly answer: Answer;
  readonly caller: Caller;
  readonly reply: FastifyReply;
  readonly prefer: string | undefined;
}

/** Writes the answer, and answers with the turn. Throws `forbidden` for an approval without the scope for it. */
export function answerQuestion(deps: HttpDeps, { view, question, answer, caller, reply, prefer }: Answering) {
  if (question.kind === 'approval' && !caller.scopes.includes('approve')) {
    throw new SwitchboardError('forbidden', 'This key lacks the scope approve');
  }
  const deadlineMs = deps.config.TURN_DEADLINE_SECONDS * 1_000;
  const effect = effectOf(view.turn, question, answer, { deadlineMs, by: caller });
  const to = { reply, caller, sessionId: view.turn.sessionId, prefer };
  return answerWithTurn(deps, to, async () => {
    const first = await writeAnswer(deps, caller, view, effect);
    if (question.kind !== 'outcome') return { turnId: view.turn.id, replayed: !first };
    if (effect.answer['choice'] === 'retry') return retryUnknown(deps, caller, view, question.id);
    return { turnId: view.turn.id, replayed: !first, rests: true };
  });
}

export function turnHandlers(deps: HttpDeps): Handlers<'createTurn' | 'getTurn' | 'answerTurn' | 'cancelTurn'> {
  const { feed, relay, coordinator } = deps;
  return {
    async createTurn({ params, headers, body, caller, request, reply }) {
      const asked = {
        ...(body.agent !== undefined && { agent: body.agent }),
        ...(body.skill !== undefined && { skill: body.skill }),
        ...(body.arguments !== undefined && { arguments: body.arguments }),
      };
      const saying = {
        caller,
        sessionId: params.id,
        key: requiredKey(headers),
        request: { input: body.input, dryRun: body.dryRun ?? false, ...asked },
        address: { text: body.input, ...asked },
        requestHash: hashJson({ session: params.id, body }),
        traceparent: request.headers['traceparent']?.toString(),
      };
      const to = { reply, caller, sessionId: params.id, prefer: headers.prefer };
      return answerWithTurn(deps, to, () => accept(deps, saying));
    },

    async getTurn({ params, caller }) {
      return viewTurn(await findTurn(caller, params.id));
    },

    async answerTurn({ params, headers, body, caller, reply }) {
      const view = await findTurn(caller, params.id);
      const question = await questionFor(caller, view, body.question);
      return answerQuestion(deps, { view, question, answer: body, caller, reply, prefer: headers.prefer });
    },

    async cancelTurn({ params, headers, caller, reply }) {
      const view = await findTurn(caller, params.id);
      const error = { code: 'canceled', message: 'It was canceled' } as const;
      const canceled = await caller.own.turns.cancel(view.turn.id, error, told.over('canceled', error));
      if (canceled === undefined && view.turn.state !== 'canceled' && isTerminal(view.turn.state)) {
        throw new SwitchboardError('conflict', `The turn had ended: ${view.turn.state}`);
      }
      const to = { reply, caller, sessionId: view.turn.sessionId, prefer: headers.prefer };
      return answerWithTurn(deps, to, async () => {
        feed.tell(canceled?.events ?? []);
        relay.wake();
        if (canceled?.ended) coordinator.wake(view.turn.sessionId);
        else coordinator.cancel(view.turn.id);
        return { turnId: view.turn.id, replayed: canceled === undefined };
      });
    },
  };
}
