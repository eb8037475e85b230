// What the gateway asks a turn's lead agent: given the goal and what came of it so far, what now? One step at a time.
import { z } from 'zod';
import { effectSchema } from './effects.ts';
import { invocationIdSchema } from './invocation-id.ts';
import { factSchema } from './memory.ts';
import { modelUsageSchema } from './model.ts';
import { idSchema, nameSchema } from './names.ts';
import { trustSchema } from './policy.ts';
import { inputCharactersMax } from './routing.ts';

const recordSchema = z.record(z.string(), z.unknown());
const timeSchema = z.iso.datetime();

/** Thoughts of one turn: steps, questions, judgements and the end. */
export const thoughtsMax = 40;

/** A skill that may be chosen: what of its contract a model has to know. */
export const nextSkillSchema = z.strictObject({
  agent: nameSchema,
  skill: nameSchema,
  description: z.string().max(1024),
  /** JSON Schema. */
  input: recordSchema,
  /** Fields of its output: a later step may take them by reference. */
  gives: z.array(z.string()).max(100),
  effects: z.array(effectSchema).max(12),
});
export type NextSkill = z.infer<typeof nextSkillSchema>;

/** Text is data wherever `trust` is untrusted: somebody else wrote it, or it was made from what they wrote. */
export const contextSchema = z.strictObject({
  /** Of what was said before the messages. */
  summary: z.strictObject({ text: z.string().max(8_000), trust: trustSchema }).optional(),
  facts: z.array(factSchema).max(50),
  /** The newest, oldest first. */
  messages: z
    .array(
      z.strictObject({ role: z.enum(['person', 'switchboard']), text: z.string().max(12_000), trust: trustSchema }),
    )
    .max(40),
});
export type Context = z.infer<typeof contextSchema>;

const thought = { thought: z.int().min(1).max(thoughtsMax) };

/** What came of an earlier thought of this turn. */
export const observationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...thought,
    kind: z.literal('result'),
    /** To refer to: `{"$from": {"step": …, "field": …}}`. */
    step: z.int().min(1),
    agent: nameSchema,
    skill: nameSchema,
    input: recordSchema,
    state: z.enum(['succeeded', 'failed']),
    /** The output as JSON, or in words what went wrong. */
    text: z.string().max(40_000),
    /** The text is not all of it. */
    cut: z.boolean(),
    trust: trustSchema,
  }),
  z.strictObject({
    ...thought,
    kind: z.literal('not-done'),
    agent: nameSchema,
    skill: nameSchema,
    input: recordSchema,
    /** What stood in the way before it began: policy, its input, or that it was done just so before. */
    why: z.string().max(4_000),
  }),
  z.strictObject({
    ...thought,
    kind: z.literal('answer'),
    question: z.string().max(4_000),
    text: z.string().max(inputCharactersMax),
  }),
  z.strictObject({
    ...thought,
    kind: z.literal('opinion'),
    agent: nameSchema,
    question: z.string().max(4_000),
    text: z.string().max(20_000),
    trust: trustSchema,
  }),
]);
export type Observation = z.infer<typeof observationSchema>;

/** Gateway → agent, signed. Changes nothing; the same again may be asked, and is paid for once. */
export const nextSchema = z.strictObject({
  v: z.literal(1),
  /** `<turn>-<thought>-<attempt>`. */
  id: invocationIdSchema,
  session: idSchema,
  turn: idSchema,
  thought: z.int().min(1).max(thoughtsMax),
  agent: nameSchema,
  /** decide: the next step. judge: what this role thinks, in words. summarize: `context` in fewer words. */
  purpose: z.enum(['decide', 'judge', 'summarize']),
  /** What the person said; for a judgement, what is asked. */
  goal: z.string().min(1).max(inputCharactersMax),
  skills: z.array(nextSkillSchema).max(24),
  /** Roles whose judgement can be asked for, and what they are. */
  roles: z.array(z.strictObject({ agent: nameSchema, description: z.string().max(300) })).max(16),
  context: contextSchema,
  observations: z.array(observationSchema).max(thoughtsMax),
  /** Steps that may still be done. None: it has to end. */
  stepsLeft: z.int().min(0),
  /** When the turn was taken in. */
  now: timeSchema,
  deadline: timeSchema,
});
export type Next = z.infer<typeof nextSchema>;

/** Gateway → agent: nobody waits for the answer to this question any more. */
export const dropSchema = z.strictObject({ v: z.literal(1), id: invocationIdSchema });

const answered = { v: z.literal(1), id: invocationIdSchema, usage: modelUsageSchema };

/** Refused with `model-failed`, `budget-exceeded` or `unavailable` when there is no answer to be had. */
export const nextReplySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...answered,
    kind: z.literal('call'),
    agent: nameSchema,
    skill: nameSchema,
    /** Fits the contract, but for references, which nobody but the gateway can fill. */
    input: recordSchema,
  }),
  /** Of the person. */
  z.strictObject({ ...answered, kind: z.literal('ask'), text: z.string().min(1).max(4_000) }),
  /** Of another role. */
  z.strictObject({
    ...answered,
    kind: z.literal('consult'),
    agent: nameSchema,
    question: z.string().min(1).max(4_000),
  }),
  /** The end: an answer, a judgement, a summary. Nothing in it is a receipt. */
  z.strictObject({ ...answered, kind: z.literal('say'), text: z.string().min(1).max(20_000) }),
]);
export type NextReply = z.infer<typeof nextReplySchema>;
