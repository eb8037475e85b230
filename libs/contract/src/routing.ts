// What the gateway asks the router, and what it can answer: route, ask, refuse, or leave it to a model.
import { z } from 'zod';
import { hashJson } from './canonical-json.ts';
import { modelUsageSchema } from './model.ts';
import { idSchema, nameSchema } from './names.ts';
import { planStepsMax } from './references.ts';
import { skillDocumentSchema } from './skill.ts';

/** A message may hold at most this many characters. */
export const inputCharactersMax = 10_000;

const argumentsSchema = z.record(z.string(), z.unknown());

/** One step of a plan: a skill with its input filled in, by values or by references to what earlier steps give. */
export const plannedStepSchema = z.strictObject({
  agent: nameSchema,
  skill: nameSchema,
  contractHash: z.string().length(64),
  input: argumentsSchema,
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;

/** The other steps of a plan that one skill is being asked about in: what comes after it may still lack input. */
export const planRestSchema = z.strictObject({
  before: z.array(plannedStepSchema).max(planStepsMax - 1),
  after: z.array(plannedStepSchema).max(planStepsMax - 1),
});
export type PlanRest = z.infer<typeof planRestSchema>;

export const routeRequestSchema = z.strictObject({
  v: z.literal(1),
  text: z.string().max(inputCharactersMax),
  /** Explicit address: only this agent's skills, or this very skill with what is known of its input. */
  agent: nameSchema.optional(),
  skill: nameSchema.optional(),
  arguments: argumentsSchema.optional(),
  /** Of the plan that `skill` with these `arguments` is a step of. */
  rest: planRestSchema.optional(),
  /** The person's answer to a question about one input field of `skill`. */
  answer: z.strictObject({ field: z.string(), text: z.string().max(inputCharactersMax) }).optional(),
  /** What was done last in this session, newest first, so that "delete it" has an "it". */
  recent: z.array(z.strictObject({ skill: nameSchema, input: argumentsSchema })).max(5),
  /** A language model is here: what rules are not sure of may be left to it. */
  model: z
    .strictObject({
      /** On whose account the router may ask it; not there: it may not, and says what it would do. */
      turn: idSchema.optional(),
      /** What was said last in this session, oldest first: for the model and what it may choose; rules do not decide by it. */
      said: z.array(z.strictObject({ role: z.enum(['person', 'switchboard']), text: z.string().max(300) })).max(4),
    })
    .optional(),
});
export type RouteRequest = z.infer<typeof routeRequestSchema>;

/**
 * What goes over the bus: the question, and which contracts it is about, by content. A router that does not hold one
 * of these revisions refuses with `contract-mismatch`, is told them on `sb.catalogue.<agent>`, and is asked again.
 */
export const routeMessageSchema = z.strictObject({
  ...routeRequestSchema.shape,
  catalogue: z.array(z.strictObject({ agent: nameSchema, revision: z.string().length(64) })).max(64),
});

/** The contracts of one agent, as the gateway has accepted them. */
export const catalogueSchema = z.strictObject({
  v: z.literal(1),
  agent: nameSchema,
  /** hashJson of the sorted contract hashes. */
  revision: z.string().length(64),
  skills: z.array(skillDocumentSchema).max(200),
});

/** The name of a set of contracts: equal sets, equal revision. */
export function catalogueRevision(skills: readonly { readonly contractHash: string }[]): string {
  return hashJson(skills.map((skill) => skill.contractHash).sort());
}

/** A skill that was considered. `score` is 0 to 1 and comparable within one decision only. */
export const candidateSchema = z.strictObject({
  agent: nameSchema,
  skill: nameSchema,
  title: z.string(),
  score: z.number().min(0).max(1),
  why: z.string().max(300),
});
export type Candidate = z.infer<typeof candidateSchema>;

const common = {
  v: z.literal(1),
  candidates: z.array(candidateSchema).max(8),
  /** Which stage decided, and why, in one sentence. */
  stage: z.enum(['explicit', 'pattern', 'lexical', 'model']),
  reason: z.string().max(500),
};

export const choiceSchema = z.strictObject({
  id: nameSchema,
  label: z.string().max(200),
  agent: nameSchema,
  skill: nameSchema,
  arguments: argumentsSchema,
  rest: planRestSchema.optional(),
});

/** The most skills that a model is given for one turn. */
export const drivenSkillsMax = 12;

export const routeDecisionSchema = z.discriminatedUnion('outcome', [
  /** A model decides step by step, with these skills and no others; none: it can only answer. */
  z.strictObject({
    ...common,
    outcome: z.literal('drive'),
    /** Who leads; not there: whoever leads when nothing speaks for another. */
    agent: nameSchema.optional(),
    skills: z
      .array(z.strictObject({ agent: nameSchema, skill: nameSchema, contractHash: z.string().length(64) }))
      .max(drivenSkillsMax),
    usage: modelUsageSchema.optional(),
  }),
  z.strictObject({
    ...common,
    outcome: z.literal('route'),
    steps: z.array(plannedStepSchema).min(1).max(planStepsMax),
  }),
  z.strictObject({
    ...common,
    outcome: z.literal('ask'),
    question: z.discriminatedUnion('kind', [
      /** Which of these did you mean? The answer's choice is routed again as an explicit address. */
      z.strictObject({
        kind: z.literal('choice'),
        text: z.string().max(500),
        choices: z.array(choiceSchema).min(2).max(5),
      }),
      /** One input is missing: the answer goes back to the router as `answer`. */
      z.strictObject({
        kind: z.literal('input'),
        text: z.string().max(500),
        agent: nameSchema,
        skill: nameSchema,
        field: z.string(),
        arguments: argumentsSchema,
        rest: planRestSchema.optional(),
      }),
    ]),
  }),
  z.strictObject({
    ...common,
    outcome: z.literal('refuse'),
    /** What to tell the person, with what can be done instead. */
    text: z.string().max(2000),
  }),
]);
export type RouteDecision = z.infer<typeof routeDecisionSchema>;
