// The HTTP API, pinned: names that stay, who may call them, and what their bodies refuse.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { bodyBytesMax, httpRoutes, personTextSchema, type RouteFact, scopes, waitSecondsMax } from '../src/index.ts';

// Literals on purpose: other people's programs are written against them.
const pinned = {
  createSession: ['POST', '/v1/sessions', 'sessions skill', '201'],
  listSessions: ['GET', '/v1/sessions', 'sessions', '200'],
  getSession: ['GET', '/v1/sessions/:id', 'sessions skill', '200'],
  endSession: ['DELETE', '/v1/sessions/:id', 'sessions skill', '200'],
  createTurn: ['POST', '/v1/sessions/:id/turns', 'sessions skill', '200 202'],
  getTurn: ['GET', '/v1/turns/:id', 'sessions skill', '200'],
  turnEvents: ['GET', '/v1/turns/:id/events', 'sessions skill', '200'],
  sessionEvents: ['GET', '/v1/sessions/:id/events', 'sessions skill', '200'],
  answerTurn: ['POST', '/v1/turns/:id/answer', 'sessions skill', '200 202'],
  cancelTurn: ['POST', '/v1/turns/:id/cancel', 'sessions skill', '200 202'],
  listApprovals: ['GET', '/v1/approvals', 'approve', '200'],
  answerApproval: ['POST', '/v1/approvals/:id', 'approve', '200 202'],
  trustSession: ['POST', '/v1/sessions/:id/trust', 'approve', '200'],
  listAgents: ['GET', '/v1/agents', 'sessions skill', '200'],
  listSkills: ['GET', '/v1/skills', 'sessions skill', '200'],
  getSkill: ['GET', '/v1/skills/:name', 'sessions skill', '200'],
  invokeSkill: ['POST', '/v1/skills/:name/invoke', 'sessions skill', '200 202'],
  explainRoute: ['POST', '/v1/route', 'sessions skill', '200'],
  getArtifact: ['GET', '/v1/artifacts/:id', 'sessions skill', '200'],
  listDeliveries: ['GET', '/v1/deliveries', 'operate admin', '200'],
  readAudit: ['GET', '/v1/audit', 'audit:read', '200'],
  listStrays: ['GET', '/v1/audit/strays', 'audit:read', '200'],
  listDeadLetters: ['GET', '/v1/dead-letters', 'operate', '200'],
  requeueDeadLetter: ['POST', '/v1/dead-letters/:id/requeue', 'operate', '200'],
  dropDeadLetter: ['DELETE', '/v1/dead-letters/:id', 'operate', '200'],
  createKey: ['POST', '/v1/keys', 'keys admin', '201'],
  listKeys: ['GET', '/v1/keys', 'keys admin', '200'],
  rotateKey: ['POST', '/v1/keys/:id/rotate', 'keys admin', '200'],
  revokeKey: ['DELETE', '/v1/keys/:id', 'keys admin', '200'],
  createPrincipal: ['POST', '/v1/principals', 'admin', '201'],
  listPrincipals: ['GET', '/v1/principals', 'admin', '200'],
  disablePrincipal: ['POST', '/v1/principals/:id/disable', 'admin', '200'],
  enablePrincipal: ['POST', '/v1/principals/:id/enable', 'admin', '200'],
  linkIdentity: ['POST', '/v1/identities', 'identities', '201'],
  listIdentities: ['GET', '/v1/identities', 'identities admin', '200'],
  unlinkIdentity: ['DELETE', '/v1/identities/:id', 'identities admin', '200'],
  readUsage: ['GET', '/v1/usage', 'sessions admin', '200'],
  healthz: ['GET', '/healthz', 'open', '200'],
  startupz: ['GET', '/startupz', 'open', '200 503'],
  readyz: ['GET', '/readyz', 'open', '200 503'],
  metrics: ['GET', '/metrics', 'open', '200'],
};

const routes: [string, RouteFact][] = Object.entries(httpRoutes);

test('routes: method, path, scope, statuses', () => {
  const found = routes.map(([name, { method, path, scopes: asked, responses }]) => [
    name,
    [method, path, asked === 'open' ? asked : asked.join(' '), Object.keys(responses).join(' ')],
  ]);
  expect(Object.fromEntries(found)).toEqual(pinned);
});

test('scopes and limits', () => {
  expect(scopes).toEqual(['sessions', 'approve', 'operate', 'keys', 'identities', 'audit:read', 'admin']);
  expect([bodyBytesMax, waitSecondsMax]).toEqual([1_048_576, 120]);
});

test('each parameter of a path is parsed, and nothing beside it', () => {
  for (const [, { path, params }] of routes) {
    const named = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name);
    expect([path, Object.keys(params?.shape ?? {})]).toEqual([path, named]);
  }
});

const id = '0198c0de-0000-7000-8000-000000000000';
const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

test.each([
  { input: 'hi', more: 1 },
  { input: 1 },
  { input: '' },
  { input: ' \n\t ' },
  { input: 'a\u0000b' },
  { input: 'a\u001b[2J' },
  { input: 'x'.repeat(10_001) },
  { input: 'hi', agent: 'Not A Name' },
  { input: 'hi', arguments: [] },
  {},
  null,
])('a turn refuses %j', (body) => {
  expect(accepts(httpRoutes.createTurn.body, body)).toBe(false);
});

test.each(['hi', 'x'.repeat(10_000), 'line one\r\nline\ttwo', 'שלום \u202eabc', '👩‍💻'])(
  'a person may say %j',
  (text) => {
    expect(accepts(personTextSchema, text)).toBe(true);
  },
);

test.each([{}, { text: 'a', choice: 'b' }, { approve: 'yes' }, { approve: true, more: 1 }])(
  'an answer is one thing: not %j',
  (body) => {
    expect(accepts(httpRoutes.answerTurn.body, body)).toBe(false);
  },
);

test('ids and pages', () => {
  expect(accepts(httpRoutes.getTurn.params, { id })).toBe(true);
  expect(accepts(httpRoutes.getTurn.params, { id: '../../etc' })).toBe(false);
  expect(httpRoutes.listSessions.query.parse({ limit: '7' })).toEqual({ limit: 7 });
  expect(httpRoutes.listSessions.query.parse({})).toEqual({ limit: 50 });
  for (const limit of ['0', '201', '1.5', 'many'])
    expect(accepts(httpRoutes.listSessions.query, { limit })).toBe(false);
  for (const last of ['-1', 'a', '1'.repeat(16)]) {
    expect(accepts(httpRoutes.turnEvents.headers, { 'last-event-id': last })).toBe(false);
  }
});
