// The HTTP API: one table of calls. Routes, validation and OpenAPI are derived from it.
import { z } from 'zod';
import { auditEntrySchema, auditSourceSchema, straySchema } from './audit.ts';
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
import { idSchema, nameSchema } from './names.ts';
import { routeDecisionSchema } from './routing.ts';

/** What a key may do. read: look. act: talk and invoke. approve: answer approvals. operate: dead letters, audit. */
export const scopes = ['read', 'act', 'approve', 'operate'] as const;
export const scopeSchema = z.enum(scopes);
export type Scope = z.infer<typeof scopeSchema>;

export interface RouteFact {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Fastify's form: `:id` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** open: needs no key. */
  readonly scope: Scope | 'open';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status. A string is a media type that is not JSON. */
  readonly responses: Readonly<Record<number, z.ZodType | string>>;
}

/** The largest body: 1 MiB. */
export const bodyBytesMax = 1024 * 1024;
/** The longest that `Prefer: wait=N` may wait, in seconds. */
export const waitSecondsMax = 120;

const byId = z.strictObject({ id: idSchema });
const byName = z.strictObject({ name: nameSchema });
const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** An id: only what is older than it. */
  before: idSchema.optional(),
});
const idempotent = z.looseObject({
  'idempotency-key': z.string().min(1).max(255).optional(),
  prefer: z.string().max(255).optional(),
});
const resume = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, 'must be a sequence number')
    .optional(),
});
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

const declare = <const Facts extends Record<string, RouteFact>>(facts: Facts): Facts => facts;

export const httpRoutes = declare({
  createSession: {
    method: 'POST',
    path: '/v1/sessions',
    summary: 'Create a session, optionally tied to one agent.',
    tag: 'sessions',
    scope: 'act',
    body: z.strictObject({ title: z.string().min(1).max(200).optional(), agent: nameSchema.optional() }),
    responses: { 201: sessionSchema },
  },
  listSessions: {
    method: 'GET',
    path: '/v1/sessions',
    summary: 'Your sessions, newest first.',
    tag: 'sessions',
    scope: 'read',
    query: page,
    responses: { 200: z.strictObject({ sessions: z.array(sessionSchema) }) },
  },
  getSession: {
    method: 'GET',
    path: '/v1/sessions/:id',
    summary: 'A session with its newest messages, oldest first.',
    tag: 'sessions',
    scope: 'read',
    params: byId,
    query: page,
    responses: { 200: z.strictObject({ ...sessionSchema.shape, messages: z.array(messageSchema) }) },
  },
  endSession: {
    method: 'DELETE',
    path: '/v1/sessions/:id',
    summary: 'End a session: it takes no more turns, and those that wait are canceled. The record stays.',
    tag: 'sessions',
    scope: 'act',
    params: byId,
    responses: { 200: sessionSchema },
  },
  createTurn: {
    method: 'POST',
    path: '/v1/sessions/:id/turns',
    summary: 'Say something. Answered in the same call when `Prefer: wait=<seconds>` sees it end or ask.',
    tag: 'turns',
    scope: 'act',
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
    scope: 'read',
    params: byId,
    responses: { 200: turnSchema },
  },
  turnEvents: {
    method: 'GET',
    path: '/v1/turns/:id/events',
    summary: 'The events of a turn as they happen (SSE); ends with the turn. `Last-Event-ID` resumes.',
    tag: 'events',
    scope: 'read',
    params: byId,
    headers: resume,
    responses: { 200: 'text/event-stream' },
  },
  sessionEvents: {
    method: 'GET',
    path: '/v1/sessions/:id/events',
    summary: 'The events of a session as they happen (SSE). `Last-Event-ID` resumes.',
    tag: 'events',
    scope: 'read',
    params: byId,
    headers: resume,
    responses: { 200: 'text/event-stream' },
  },
  answerTurn: {
    method: 'POST',
    path: '/v1/turns/:id/answer',
    summary: 'Answer the open question: text, a choice, or approve true or false.',
    tag: 'turns',
    scope: 'act',
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
    scope: 'act',
    params: byId,
    headers: idempotent,
    responses: { 200: turnSchema, 202: turnSchema },
  },
  listAgents: {
    method: 'GET',
    path: '/v1/agents',
    summary: 'Who is here.',
    tag: 'skills',
    scope: 'read',
    responses: { 200: z.strictObject({ agents: z.array(agentSchema) }) },
  },
  listSkills: {
    method: 'GET',
    path: '/v1/skills',
    summary: 'Every skill with its full contract.',
    tag: 'skills',
    scope: 'read',
    responses: { 200: z.strictObject({ skills: z.array(listedSkillSchema) }) },
  },
  getSkill: {
    method: 'GET',
    path: '/v1/skills/:name',
    summary: 'One skill with its full contract.',
    tag: 'skills',
    scope: 'read',
    params: byName,
    responses: { 200: listedSkillSchema },
  },
  invokeSkill: {
    method: 'POST',
    path: '/v1/skills/:name/invoke',
    summary: 'Run one skill with typed input: the same policy, ledger and record as a turn that was said.',
    tag: 'skills',
    scope: 'act',
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
    scope: 'read',
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
    scope: 'read',
    params: byId,
    responses: { 200: 'application/octet-stream' },
  },
  listDeadLetters: {
    method: 'GET',
    path: '/v1/dead-letters',
    summary: 'Turns that were set aside, with the reason.',
    tag: 'operation',
    scope: 'operate',
    query: page,
    responses: { 200: z.strictObject({ deadLetters: z.array(deadLetterSchema) }) },
  },
  requeueDeadLetter: {
    method: 'POST',
    path: '/v1/dead-letters/:id/requeue',
    summary: 'Let a turn that was set aside be claimed again.',
    tag: 'operation',
    scope: 'operate',
    params: byId,
    responses: { 200: turnSchema },
  },
  dropDeadLetter: {
    method: 'DELETE',
    path: '/v1/dead-letters/:id',
    summary: 'Take a turn off the list of dead letters. The record of it stays.',
    tag: 'operation',
    scope: 'operate',
    params: byId,
    responses: { 200: turnSchema },
  },
  readAudit: {
    method: 'GET',
    path: '/v1/audit',
    summary: 'All that happened, to anybody, in the order of the audit chain; `npm run audit` verifies it.',
    tag: 'operation',
    scope: 'operate',
    query: auditQuery,
    responses: { 200: z.strictObject({ entries: z.array(auditEntrySchema) }) },
  },
  listStrays: {
    method: 'GET',
    path: '/v1/audit/strays',
    summary:
      'Records that are not in the chain: not yet, or though they claim to be. Page with `after` until `next` is missing.',
    tag: 'operation',
    scope: 'operate',
    query: z.strictObject({ source: auditSourceSchema, after: auditQuery.shape.after }),
    responses: { 200: z.strictObject({ strays: z.array(straySchema), next: z.int().optional() }) },
  },
  healthz: {
    method: 'GET',
    path: '/healthz',
    summary: 'The process is alive.',
    tag: 'operation',
    scope: 'open',
    responses: { 200: health },
  },
  startupz: {
    method: 'GET',
    path: '/startupz',
    summary: 'The process has started.',
    tag: 'operation',
    scope: 'open',
    responses: { 200: health, 503: health },
  },
  readyz: {
    method: 'GET',
    path: '/readyz',
    summary: 'Turns are taken; `parts` names what is not well.',
    tag: 'operation',
    scope: 'open',
    responses: { 200: health, 503: health },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Prometheus metrics.',
    tag: 'operation',
    scope: 'open',
    responses: { 200: 'text/plain' },
  },
});

export type RouteName = keyof typeof httpRoutes;
