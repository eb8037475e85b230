// The calls about what a person has to decide: approvals, and whether what was read in a session is to be trusted.
import { z } from 'zod';
import { approvalSchema, sessionSchema, turnSchema } from './http-resources.ts';
import { byId, declareRoutes, idempotent, page } from './http-route.ts';

export const approvalRoutes = declareRoutes({
  listApprovals: {
    method: 'GET',
    path: '/v1/approvals',
    summary: 'What waits for your yes or no, newest first, each with its exact input.',
    tag: 'approvals',
    scopes: ['approve'],
    query: page,
    responses: { 200: z.strictObject({ approvals: z.array(approvalSchema) }) },
  },
  answerApproval: {
    method: 'POST',
    path: '/v1/approvals/:id',
    summary: 'Say yes or no to one exact input, once.',
    tag: 'approvals',
    scopes: ['approve'],
    params: byId,
    headers: idempotent,
    body: z.strictObject({ approve: z.boolean() }),
    responses: { 200: turnSchema, 202: turnSchema },
  },
  trustSession: {
    method: 'POST',
    path: '/v1/sessions/:id/trust',
    summary: 'Vouch for all that was read in a session so far: later turns are decided about as if nothing had been.',
    tag: 'approvals',
    scopes: ['approve'],
    params: byId,
    responses: { 200: sessionSchema },
  },
});
