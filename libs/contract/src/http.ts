// The HTTP API: one table of calls. Routes, validation and OpenAPI are derived from it.
import { z } from 'zod';
import { auditEntrySchema, auditSourceSchema, straySchema } from './audit.ts';
import { deliverySchema, deliveryStateSchema } from './delivery.ts';
import { approvalRoutes } from './http-approvals.ts';
import { identityRoutes } from './http-identity.ts';
import {
  agentSchema,
  argumentsSchema,
  deadLetterSchema,
  listedSkillSchema,
  messageSchema,
  personTextSchema,
  sessionSchema,
  turnSchema,
} from './http-resources.ts';
import { byId, byName, declareRoutes, idempotent, page, resume } from './http-route.ts';
import { usageRoutes } from './http-usage.ts';
import { idSchema, nameSchema } from './names.ts';
import { routeDecisionSchema } from './routing.ts';

const turnBody = z.strictObject({
  input: personTextSchema,
  agent: nameSchema.optional(),
  skill: nameSchema.optional(),
  arguments: argumentsSchema.optional(),
  dryRun: z.boolean().optional(),
});
/** `question` names the one that is answered: an answer that comes late or twice never answers the next one. */
const toQuestion = { question: idSchema.optional() };
const answerBody = z.union([
  z.strictObject({ ...toQuestion, text: personTextSchema }),
  z.strictObject({ ...toQuestion, choice: nameSchema }),
  z.strictObject({ ...toQuestion, approve: z.boolean() }),
]);
const auditQuery = z.strictObject({
  /** A sequence: only what comes after it. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const health = z.strictObject({ status: z.string(), parts: z.record(z.string(), z.string()).optional() });

/** Said and read by whoever talks. */
const talk = ['sessions', 'skill'] as const;

export const httpRoutes = declareRoutes({
  ...approvalRoutes,
  ...identityRoutes,
  ...usageRoutes,
  createSession: {
    method: 'POST',
    path: '/v1/sessions',
    summary: 'Create a session, optionally tied to one agent.',
    tag: 'sessions',
    scopes: talk,
    body: z.strictObject({ title: z.string().min(1).max(200).optional(), agent: nameSchema.optional() }),
    responses: { 201: sessionSchema },
  },
  listSessions: {
    method: 'GET',
    path: '/v1/sessions',
    summary: 'Your sessions, newest first.',
    tag: 'sessions',
    scopes: ['sessions'],
    query: page,
    responses: { 200: z.strictObject({ sessions: z.array(sessionSchema) }) },
  },
  getSession: {
    method: 'GET',
    path: '/v1/sessions/:id',
    summary: 'A session with its newest messages, oldest first.',
    tag: 'sessions',
    scopes: talk,
    params: byId,
    query: page,
    responses: { 200: z.strictObject({ ...sessionSchema.shape, messages: z.array(messageSchema) }) },
  },
  endSession: {
    method: 'DELETE',
    path: '/v1/sessions/:id',
    summary: 'End a session: it takes no more turns, and those that wait are canceled. The record stays.',
    tag: 'sessions',
    scopes: talk,
    params: byId,
    responses: { 200: sessionSchema },
  },
  createTurn: {
    method: 'POST',
    path: '/v1/sessions/:id/turns',
    summary: 'Say something. Answered in the same call when `Prefer: wait=<seconds>` sees it end or ask.',
    tag: 'turns',
    scopes: talk,
    params: byId,
    headers: idempotent,
    body: turnBody,
    responses: { 200: turnSchema, 202: turnSchema },
  },
  getTurn: {
    method: 'GET',
    path: '/v1/turns/:id',
    summary: 'A turn with its routing decision, steps, receipts and question.',
    tag: 'turns',
    scopes: talk,
    params: byId,
    responses: { 200: turnSchema },
  },
  turnEvents: {
    method: 'GET',
    path: '/v1/turns/:id/events',
    summary: 'The events of a turn as they happen (SSE); ends with the turn. `Last-Event-ID` resumes.',
    tag: 'events',
    scopes: talk,
    params: byId,
    headers: resume,
    responses: { 200: 'text/event-stream' },
  },
  sessionEvents: {
    method: 'GET',
    path: '/v1/sessions/:id/events',
    summary: 'The events of a session as they happen (SSE). `Last-Event-ID` resumes.',
    tag: 'events',
    scopes: talk,
    params: byId,
    headers: resume,
    responses: { 200: 'text/event-stream' },
  },
  answerTurn: {
    method: 'POST',
    path: '/v1/turns/:id/answer',
    summary: 'Answer the open question: text, a choice, or approve true or false, which needs the scope `approve` too.',
    tag: 'turns',
    scopes: talk,
    params: byId,
    headers: idempotent,
    body: answerBody,
    responses: { 200: turnSchema, 202: turnSchema },
  },
  cancelTurn: {
    method: 'POST',
    path: '/v1/turns/:id/cancel',
    summary: 'End a turn, and what it runs.',
    tag: 'turns',
    scopes: talk,
    params: byId,
    headers: idempotent,
    responses: { 200: turnSchema, 202: turnSchema },
  },
  listAgents: {
    method: 'GET',
    path: '/v1/agents',
    summary: 'Who is here.',
    tag: 'skills',
    scopes: talk,
    responses: { 200: z.strictObject({ agents: z.array(agentSchema) }) },
  },
  listSkills: {
    method: 'GET',
    path: '/v1/skills',
    summary: 'Every skill with its full contract.',
    tag: 'skills',
    scopes: talk,
    responses: { 200: z.strictObject({ skills: z.array(listedSkillSchema) }) },
  },
  getSkill: {
    method: 'GET',
    path: '/v1/skills/:name',
    summary: 'One skill with its full contract.',
    tag: 'skills',
    scopes: talk,
    params: byName,
    responses: { 200: listedSkillSchema },
  },
  invokeSkill: {
    method: 'POST',
    path: '/v1/skills/:name/invoke',
    summary: 'Run one skill with typed input: the same policy, ledger and record as a turn that was said.',
    tag: 'skills',
    scopes: talk,
    params: byName,
    headers: idempotent,
    body: z.strictObject({ input: argumentsSchema, sessionId: idSchema.optional(), dryRun: z.boolean().optional() }),
    responses: { 200: turnSchema, 202: turnSchema },
  },
  explainRoute: {
    method: 'POST',
    path: '/v1/route',
    summary: 'What would be done with a message, without doing it.',
    tag: 'turns',
    scopes: talk,
    body: z.strictObject({
      input: personTextSchema,
      agent: nameSchema.optional(),
      skill: nameSchema.optional(),
      arguments: argumentsSchema.optional(),
      sessionId: idSchema.optional(),
    }),
    responses: { 200: routeDecisionSchema },
  },
  getArtifact: {
    method: 'GET',
    path: '/v1/artifacts/:id',
    summary: 'The bytes of a large output.',
    tag: 'turns',
    scopes: talk,
    params: byId,
    responses: { 200: 'application/octet-stream' },
  },
  listDeadLetters: {
    method: 'GET',
    path: '/v1/dead-letters',
    summary: 'Turns that were set aside, with the reason.',
    tag: 'operation',
    scopes: ['operate'],
    query: page,
    responses: { 200: z.strictObject({ deadLetters: z.array(deadLetterSchema) }) },
  },
  requeueDeadLetter: {
    method: 'POST',
    path: '/v1/dead-letters/:id/requeue',
    summary: 'Let a turn that was set aside be claimed again.',
    tag: 'operation',
    scopes: ['operate'],
    params: byId,
    responses: { 200: turnSchema },
  },
  dropDeadLetter: {
    method: 'DELETE',
    path: '/v1/dead-letters/:id',
    summary: 'Take a turn off the list of dead letters. The record of it stays.',
    tag: 'operation',
    scopes: ['operate'],
    params: byId,
    responses: { 200: turnSchema },
  },
  listDeliveries: {
    method: 'GET',
    path: '/v1/deliveries',
    summary:
      'What went back over channels, newest first, without what it says: your own, or with the scope `admin` everybody’s.',
    tag: 'operation',
    scopes: ['operate', 'admin'],
    query: z.strictObject({ ...page.shape, state: deliveryStateSchema.optional() }),
    responses: { 200: z.strictObject({ deliveries: z.array(deliverySchema) }) },
  },
  readAudit: {
    method: 'GET',
    path: '/v1/audit',
    summary: 'All that happened, to anybody, in the order of the audit chain; `npm run audit` verifies it.',
    tag: 'operation',
    scopes: ['audit:read'],
    query: auditQuery,
    responses: { 200: z.strictObject({ entries: z.array(auditEntrySchema) }) },
  },
  listStrays: {
    method: 'GET',
    path: '/v1/audit/strays',
    summary:
      'Records that are not in the chain: not yet, or though they claim to be. Page with `after` until `next` is missing.',
    tag: 'operation',
    scopes: ['audit:read'],
    query: z.strictObject({ source: auditSourceSchema, after: auditQuery.shape.after }),
    responses: { 200: z.strictObject({ strays: z.array(straySchema), next: z.int().optional() }) },
  },
  healthz: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process is alive.',
    tag: 'operation',
    scopes: 'open',
    responses: { 200: health },
  },
  startupz: {
    method: 'GET',
    path: '/startupz',
    summary: 'The process has started.',
    tag: 'operation',
    scopes: 'open',
    responses: { 200: health, 503: health },
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    summary: 'Turns are taken; `parts` names what is not well.',
    tag: 'operation',
    scopes: 'open',
    responses: { 200: health, 503: health },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics.',
    tag: 'operation',
    scopes: 'open',
    responses: { 200: 'text/plain' },
  },
});

export type RouteName = keyof typeof httpRoutes;
