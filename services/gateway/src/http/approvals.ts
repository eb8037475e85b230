// What waits for a person's yes or no: listed with its exact input, and answered.
import { type Approval, SwitchboardError } from '@switchboard/contract';
import { viewApproval } from '../coordinator/questions.ts';
import type { HttpDeps } from './deps.ts';
import type { Handlers } from './serve.ts';
import { answerQuestion, findTurn, questionFor } from './turns.ts';

export function approvalHandlers(deps: HttpDeps): Handlers<'listApprovals' | 'answerApproval'> {
  return {
    async listApprovals({ query, caller }): Promise<{ approvals: Approval[] }> {
      const rows = await caller.own.questions.approvals(query.limit, query.before);
      return { approvals: rows.map(viewApproval) };
    },

    async answerApproval({ params, headers, body, caller, reply }) {
      const turnId = await caller.own.questions.turnOfApproval(params.id);
      if (turnId === undefined) throw new SwitchboardError('not-found', 'There is no such approval');
      const view = await findTurn(caller, turnId);
      const question = await questionFor(caller, view, params.id);
      return answerQuestion(deps, { view, question, answer: body, caller, reply, prefer: headers.prefer });
    },
  };
}
