// A skill's contract: what goes in, what comes out, what it does to the world; and the same as data, for the bus.
import { z } from 'zod';
import type { Artifact } from './artifact.ts';
import { hashJson, type JsonValue } from './canonical-json.ts';
import type { CapabilityEffect, Granted } from './capabilities.ts';
import { effectSchema, type Repeat, repeatSchema } from './effects.ts';
import { nameSchema, versionSchema } from './names.ts';

/** A skill's timeout is at most ten minutes: longer work is several turns. */
export const skillTimeoutMsMax = 600_000;

interface Requires {
  readonly secrets?: readonly string[];
  readonly network?: readonly string[];
  readonly binaries?: readonly string[];
}

/**
 * An example that runs as a test. `files` is what lies in the workspace before it runs, all of it last modified at
 * 2026-01-01T00:00:00Z; a path that ends in `/` is an empty folder. Artifacts get the ids 00000000-0000-7000-8000-000000000001,
 * …2 and so on; it is attempt 1 of step 1 of the turn 00000000-0000-7000-8000-000000000000.
 */
export interface SkillExample<Input, Output> {
  readonly says: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly input: Input;
  readonly output: Output;
}

export interface SkillContract<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
  Effects extends readonly CapabilityEffect[] = readonly CapabilityEffect[],
  Reason extends string = string,
> {
  /** Verb-noun; also the folder, the NATS token and the tool name. */
  readonly name: string;
  readonly version: string;
  readonly title: string;
  /** What it does and when to use it: up to 1024 characters. */
  readonly description: string;
  readonly tags: readonly string[];
  readonly input: Input;
  readonly output: Output;
  /** Every reason it may refuse with, and what each means to a person. Closed: another one is `internal`. */
  readonly errors: Readonly<Record<Reason, string>>;
  readonly effects: Effects;
  readonly repeat: Repeat;
  /** untrusted: the output holds text that somebody else wrote. */
  readonly ingests: 'trusted' | 'untrusted';
  readonly timeoutMs: number;
  /** gateway: only the gateway itself asks for it. It is not routed to, not listed, and needs no utterances. */
  readonly audience?: 'gateway';
  /**
   * At least 8. Sentence patterns: `{slot}` is an input field, `[word]` may be left out, `(a|b)` is a choice; and free
   * examples without slots.
   */
  readonly utterances: readonly string[];
  readonly examples: readonly SkillExample<z.input<Input>, z.output<Output>>[];
  /** How the output reads to a person. */
  say(output: z.output<Output>, input: z.output<Input>): string;
  /** What will be done, for a person who must approve it: never shortened. Needed where the effects are asked about. */
  ask?(input: z.output<Input>): string;
  /** Top-level fields of input and output that never reach a log or an event. */
  readonly redact?: readonly string[];
  readonly requires?: Requires;
}

/** What every handler gets, whatever its effects. */
export interface SkillContextBase {
  readonly invocationId: string;
  /** Aborted at cancel, at the deadline and when the agent is ended by force. */
  readonly signal: AbortSignal;
  readonly deadline: Date;
  /** Tells the person how it goes; may be lost, never waits. */
  progress(text: string): void;
  /** Puts what `reconcile` will need on disk, before the effect. The last note wins. */
  note(data: JsonValue): Promise<void>;
  /** Stores large output. Throws SkillError `too-large` past artifactBytesMax. */
  artifact(source: { name: string; mediaType: string; content: AsyncIterable<Uint8Array> }): Promise<Artifact>;
  /**
   * The bytes of an artifact that the input names, in pieces. Throws SwitchboardError `not-found` for another, and
   * `internal` after the last piece when the bytes are not those that it promises: make nothing of them before.
   */
  content(artifact: Artifact): AsyncIterable<Uint8Array>;
}

export type SkillContext<Effects extends readonly CapabilityEffect[]> = SkillContextBase & Granted<Effects>;

/** What `reconcile` found in the world. */
export type Reconciled<Output> =
  | { readonly outcome: 'done'; readonly output: Output }
  | { readonly outcome: 'not-done' }
  | { readonly outcome: 'unknown' };

export interface SkillHandler<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
  Effects extends readonly CapabilityEffect[] = readonly CapabilityEffect[],
> {
  run(ctx: SkillContext<Effects>, input: z.output<Input>): Promise<z.output<Output>>;
  /** Looks, without changing anything, whether an interrupted `run` had its effect. `noted` is the last note, if any. */
  reconcile?(
    ctx: SkillContext<Effects>,
    input: z.output<Input>,
    noted: JsonValue | undefined,
  ): Promise<Reconciled<z.output<Output>>>;
}

/** A contract and the code that keeps it, as an agent hosts them. */
export interface Skill {
  readonly contract: SkillContract;
  readonly handler: SkillHandler;
}

/** Declares a contract; keeps the exact types of its effects and error reasons. Throws when it breaks a rule. */
export function defineContract<
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  const Effects extends readonly CapabilityEffect[],
  const Reason extends string,
>(contract: SkillContract<Input, Output, Effects, Reason>): SkillContract<Input, Output, Effects, Reason> {
  describeContract(contract);
  return contract;
}

/** Ties a handler's types to its contract: what ctx holds, what comes in, what must come out. */
export function defineHandler<
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Effects extends readonly CapabilityEffect[],
>(
  _contract: SkillContract<Input, Output, Effects>,
  handler: SkillHandler<Input, Output, Effects>,
): SkillHandler<Input, Output, Effects> {
  return handler;
}

const jsonSchemaSchema = z.record(z.string(), z.unknown());

const utterancesMin = 8;

const skillFields = z.strictObject({
  name: nameSchema,
  version: versionSchema,
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(1024),
  tags: z.array(z.string().min(1).max(63)).max(20),
  /** JSON Schema 2020-12, `type: object`. */
  input: jsonSchemaSchema,
  output: jsonSchemaSchema,
  errors: z.record(nameSchema, z.string().min(1).max(300)),
  effects: z.array(effectSchema).max(12),
  repeat: repeatSchema,
  ingests: z.enum(['trusted', 'untrusted']),
  timeoutMs: z.int().min(1).max(skillTimeoutMsMax),
  /** Not there: for everybody. */
  audience: z.literal('gateway').optional(),
  utterances: z.array(z.string().min(1).max(300)).max(100),
  examples: z.array(z.strictObject({ says: z.string(), input: z.unknown(), output: z.unknown() })).max(20),
  redact: z.array(z.string()).max(20),
  requires: z.strictObject({
    secrets: z.array(z.string()).optional(),
    network: z.array(z.string()).optional(),
    binaries: z.array(z.string()).optional(),
  }),
  /** SHA-256 over the canonical JSON of everything above. */
  contractHash: z.string().length(64),
});

/** A contract as data: what an agent announces, the API lists, and the router and models read. */
export const skillDocumentSchema = skillFields.refine(
  ({ audience, utterances }) => audience === 'gateway' || utterances.length >= utterancesMin,
  { path: ['utterances'], message: `must be at least ${utterancesMin}` },
);
export type SkillDocument = z.infer<typeof skillDocumentSchema>;

/** The contract as data, with its hash. Throws ZodError when the contract breaks a rule of the document. */
export function describeContract(contract: SkillContract): SkillDocument {
  const body = {
    name: contract.name,
    version: contract.version,
    title: contract.title,
    description: contract.description,
    tags: [...contract.tags],
    input: z.toJSONSchema(contract.input, { io: 'input' }),
    output: z.toJSONSchema(contract.output, { io: 'output' }),
    errors: { ...contract.errors },
    effects: contract.effects.map((effect) => ({ ...effect })),
    repeat: contract.repeat,
    ingests: contract.ingests,
    timeoutMs: contract.timeoutMs,
    ...(contract.audience && { audience: contract.audience }),
    utterances: [...contract.utterances],
    examples: contract.examples.map(({ says, input, output }) => ({ says, input, output })),
    redact: [...(contract.redact ?? [])],
    requires: { ...contract.requires },
  };
  return skillDocumentSchema.parse({ ...body, contractHash: hashJson(body) });
}
