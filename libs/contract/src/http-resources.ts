// The resources of the HTTP API: camelCase JSON, RFC 3339 UTC times, opaque ids.
import { z } from 'zod';
import { artifactSchema } from './artifact.ts';
import { isBoundedJson, jsonLevelsMax } from './canonical-json.ts';
import { deliverySchema } from './delivery.ts';
import { effectSchema } from './effects.ts';
import { errorCodeSchema, errorInfoSchema } from './errors.ts';
import { identitySchema, keySchema, principalSchema } from './identity.ts';
import { invocationIdSchema } from './invocation-id.ts';
import { idSchema, nameSchema } from './names.ts';
import { trustSchema, verdictSchema } from './policy.ts';
import { candidateSchema, inputCharactersMax, plannedStepSchema, routeDecisionSchema } from './routing.ts';
import { skillDocumentSchema } from './skill.ts';
import { stepStateSchema, turnStateSchema } from './states.ts';

const timeSchema = z.iso.datetime();
const recordSchema = z.record(z.string(), z.unknown());

/** Text that a person may have typed: no control characters but tab and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
export const personTextSchema = z
  .string()
  .max(inputCharactersMax, `must be at most ${inputCharactersMax} characters`)
  .refine((text) => !controlCharacters.test(text), 'must not contain control characters')
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .refine((text) => text.trim() !== '', 'must not be empty');

/** Text that no database and no agent could hold: a NUL, half of a surrogate pair. */
const unstorable = /\\u(0000|d[89a-f][0-9a-f]{2})/i;
export const argumentsSchema = z
  .record(z.string(), z.unknown())
  .refine((input) => isBoundedJson(input), {
    error: `must hold finite numbers, and lie at most ${jsonLevelsMax} levels deep`,
    abort: true,
  })
  .refine((input) => !unstorable.test(JSON.stringify(input)), 'must hold neither NUL nor half of a surrogate pair');

/** RFC 9457, with the registry's code. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: errorCodeSchema,
  detail: z.string(),
  instance: z.string(),
  /** The skill's own reason, where code is skill-failed. */
  reason: z.string().optional(),
  /** What is wrong with each field. */
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** A question to the person, or an approval of one exact input. Unanswered at `expiresAt`, the answer is no. */
export const questionSchema = z.strictObject({
  id: idSchema,
  kind: z.enum(['choice', 'input', 'approval', 'outcome']),
  text: z.string(),
  choices: z.array(z.strictObject({ id: nameSchema, label: z.string() })).optional(),
  /** The input field that is asked for. */
  field: z.string().optional(),
  /** For an approval: exactly what will be done, and what the answer is bound to. */
  step: plannedStepSchema.optional(),
  inputHash: z.string().optional(),
  /** For an approval: what it would do to the world, and the rule by which it is asked about. */
  effects: z.array(effectSchema).optional(),
  rule: nameSchema.optional(),
  trust: trustSchema.optional(),
  askedAt: timeSchema,
  expiresAt: timeSchema,
});
export type Question = z.infer<typeof questionSchema>;

/** An open approval. `input` is whole, and what the answer is bound to, with agent, skill and contract: `inputHash`. */
export const approvalSchema = z.strictObject({
  id: idSchema,
  turnId: idSchema,
  sessionId: idSchema,
  text: z.string(),
  agent: nameSchema,
  skill: nameSchema,
  contractHash: z.string(),
  input: recordSchema,
  inputHash: z.string(),
  effects: z.array(effectSchema),
  /** The rule by which it is asked about. */
  rule: nameSchema,
  /** untrusted: what somebody else wrote was read before it. */
  trust: trustSchema,
  askedAt: timeSchema,
  expiresAt: timeSchema,
});
export type Approval = z.infer<typeof approvalSchema>;

export const linkedArtifactSchema = z.strictObject({ ...artifactSchema.shape, href: z.string() });

export const stepSchema = z.strictObject({
  id: invocationIdSchema,
  step: z.int(),
  attempt: z.int(),
  agent: nameSchema,
  skill: nameSchema,
  state: stepStateSchema,
  effects: z.array(effectSchema),
  input: recordSchema,
  output: recordSchema.optional(),
  error: errorInfoSchema.optional(),
  startedAt: timeSchema,
  finishedAt: timeSchema.optional(),
});
export type Step = z.infer<typeof stepSchema>;

export const turnRouteSchema = z.strictObject({
  outcome: z.enum(['route', 'drive', 'ask', 'refuse']),
  /** Who does the first step, or leads. */
  agent: nameSchema.optional(),
  skills: z.array(nameSchema),
  candidates: z.array(candidateSchema),
  stage: z.string(),
  reason: z.string(),
});

/** What models have used for a turn so far. */
export const turnUsageSchema = z.strictObject({
  calls: z.int(),
  promptBytes: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  costUsd: z.number(),
  models: z.array(nameSchema),
});

export const turnSchema = z.strictObject({
  id: idSchema,
  sessionId: idSchema,
  state: turnStateSchema,
  input: z.string(),
  dryRun: z.boolean(),
  output: z
    .strictObject({ text: z.string(), data: recordSchema.optional(), artifacts: z.array(linkedArtifactSchema) })
    .optional(),
  route: turnRouteSchema.optional(),
  steps: z.array(stepSchema),
  question: questionSchema.optional(),
  error: errorInfoSchema.optional(),
  /** Not there: no model was asked. */
  usage: turnUsageSchema.optional(),
  createdAt: timeSchema,
  finishedAt: timeSchema.optional(),
});
export type Turn = z.infer<typeof turnSchema>;

export const sessionSchema = z.strictObject({
  id: idSchema,
  title: z.string().optional(),
  agent: nameSchema.optional(),
  /** Something has been read in it that somebody else wrote, and nobody has vouched for it. */
  tainted: z.boolean(),
  createdAt: timeSchema,
  endedAt: timeSchema.optional(),
});
export type Session = z.infer<typeof sessionSchema>;

export const messageSchema = z.strictObject({
  turnId: idSchema,
  role: z.enum(['person', 'switchboard']),
  text: z.string(),
  at: timeSchema,
});

export const agentSchema = z.strictObject({
  name: nameSchema,
  description: z.string(),
  version: z.string(),
  state: z.enum(['here', 'away', 'draining']),
  seenAt: timeSchema,
  running: z.int(),
  skills: z.array(nameSchema),
  unavailable: z.array(z.strictObject({ skill: nameSchema, why: z.string() })),
});
export type Agent = z.infer<typeof agentSchema>;

export const listedSkillSchema = z.strictObject({
  ...skillDocumentSchema.shape,
  agent: nameSchema,
  /** Its agent is here and can do it. */
  available: z.boolean(),
  /** Why it cannot be done here, and what would help. */
  unavailable: z.string().optional(),
  /** What policy does with it for this caller, while nothing untrusted has been read: run it, ask first, or never. */
  policy: verdictSchema,
});

/** A turn that its coordinator gave up on: `failed` with code poison. */
export const deadLetterSchema = z.strictObject({
  turnId: idSchema,
  sessionId: idSchema,
  input: z.string(),
  reason: z.string(),
  attempts: z.int(),
  at: timeSchema,
});

/** The resources by the names that they have in OpenAPI and in the reference. */
export const httpResources = {
  Session: sessionSchema,
  Message: messageSchema,
  Turn: turnSchema,
  TurnRoute: turnRouteSchema,
  TurnUsage: turnUsageSchema,
  Step: stepSchema,
  Question: questionSchema,
  Approval: approvalSchema,
  Artifact: linkedArtifactSchema,
  Agent: agentSchema,
  Skill: listedSkillSchema,
  RouteDecision: routeDecisionSchema,
  Candidate: candidateSchema,
  PlannedStep: plannedStepSchema,
  Effect: effectSchema,
  DeadLetter: deadLetterSchema,
  Delivery: deliverySchema,
  Key: keySchema,
  Principal: principalSchema,
  Identity: identitySchema,
  Error: errorInfoSchema,
  Problem: problemSchema,
};
