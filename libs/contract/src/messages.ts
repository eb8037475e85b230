// The messages of the bus: what is said on each subject, and what is answered.
import { z } from 'zod';
import { artifactSchema } from './artifact.ts';
import { errorInfoSchema } from './errors.ts';
import { invocationIdSchema } from './invocation-id.ts';
import { idSchema, nameSchema, versionSchema } from './names.ts';
import { permissionSchema } from './policy.ts';
import { skillDocumentSchema } from './skill.ts';

const recordSchema = z.record(z.string(), z.unknown());
const timeSchema = z.iso.datetime();

/** Gateway → agent, signed: run this skill once under this id. */
export const invokeSchema = z.strictObject({
  v: z.literal(1),
  id: invocationIdSchema,
  session: idSchema,
  turn: idSchema,
  step: z.int().min(1),
  attempt: z.int().min(1),
  epoch: z.int().min(1),
  agent: nameSchema,
  skill: nameSchema,
  contractHash: z.string().length(64),
  input: recordSchema,
  inputHash: z.string().length(64),
  /** What the gateway decided before it sent this, and by which rule. */
  policy: permissionSchema,
  /** The approval that allows this very input: not missing where the decision was to ask. */
  approval: idSchema.optional(),
  deadline: timeSchema,
});
export type Invoke = z.infer<typeof invokeSchema>;

/** Gateway → agent, signed: an earlier attempt was interrupted; look whether it was done. Changes nothing. */
export const reconcileSchema = z.strictObject({ ...invokeSchema.shape, reconcile: z.literal(true) });

/** What became of an invocation. `refused` means that it was not executed and never will be under this id. */
export const invokeReplySchema = z.discriminatedUnion('state', [
  z.strictObject({
    v: z.literal(1),
    id: invocationIdSchema,
    state: z.literal('done'),
    output: recordSchema,
    /** How the output reads to a person. */
    text: z.string().max(20_000),
    artifacts: z.array(artifactSchema).max(20),
  }),
  z.strictObject({
    v: z.literal(1),
    id: invocationIdSchema,
    state: z.enum(['failed', 'refused']),
    error: errorInfoSchema,
  }),
]);
export type InvokeReply = z.infer<typeof invokeReplySchema>;

export const statusRequestSchema = z.strictObject({ v: z.literal(1), id: invocationIdSchema });

/**
 * not-seen: it had not arrived, and is now fenced: it will never run. interrupted: the agent died in mid-effect;
 * the gateway decides by the contract's `repeat`.
 */
export const statusReplySchema = z.discriminatedUnion('state', [
  ...invokeReplySchema.options,
  z.strictObject({
    v: z.literal(1),
    id: invocationIdSchema,
    state: z.enum(['running', 'not-seen', 'interrupted']),
  }),
]);
export type StatusReply = z.infer<typeof statusReplySchema>;

/** Answer to a reconcile request. `done` carries the output as an InvokeReply does. */
export const reconcileReplySchema = z.discriminatedUnion('state', [
  ...invokeReplySchema.options,
  z.strictObject({ v: z.literal(1), id: invocationIdSchema, state: z.enum(['not-done', 'unknown']) }),
]);
export type ReconcileReply = z.infer<typeof reconcileReplySchema>;

export const cancelRequestSchema = z.strictObject({ v: z.literal(1), id: invocationIdSchema });
/** `ended`: nothing of it runs any more (or ever will). */
export const cancelReplySchema = z.strictObject({ v: z.literal(1), id: invocationIdSchema, ended: z.boolean() });

/** Gateway → agent: what would be done with this input, in words for the person who must approve it? Changes nothing. */
export const describeRequestSchema = z.strictObject({
  v: z.literal(1),
  skill: nameSchema,
  contractHash: z.string().length(64),
  input: recordSchema,
});
export const describeReplySchema = z.strictObject({ v: z.literal(1), text: z.string().max(200_000) });

/** One piece of an artifact, base64, at most inlineBytesMax decoded. */
export const artifactRequestSchema = z.strictObject({ v: z.literal(1), id: idSchema, offset: z.int().min(0) });
/** Agent → gateway: one piece of an artifact that the input of an invocation names, while that is under way. */
export const contentRequestSchema = z.strictObject({ ...artifactRequestSchema.shape, invocation: invocationIdSchema });
export const artifactReplySchema = z.strictObject({ v: z.literal(1), id: idSchema, offset: z.int(), data: z.string() });

/** Of one agent. All of them travel in one message, which the broker takes up to 1 MB. */
export const helloSkillsMax = 200;

/** An agent arrives: its full contracts, in the shape of NATS ADR-32 service info. */
export const helloSchema = z.strictObject({
  v: z.literal(1),
  type: z.literal('io.nats.micro.v1.info_response'),
  name: nameSchema,
  /** Of this process; a new one after every start. */
  id: idSchema,
  version: versionSchema,
  description: z.string().max(300),
  metadata: z.record(z.string(), z.string()),
  endpoints: z.array(
    z.strictObject({
      name: nameSchema,
      subject: z.string(),
      queue_group: z.string(),
      metadata: z.record(z.string(), z.string()),
    }),
  ),
  /** SHA-256 over the contract hashes: tells whether anything changed. */
  revision: z.string().length(64),
  /** How many invocations it runs at a time. */
  concurrency: z.int().min(1).max(64),
  skills: z.array(skillDocumentSchema).max(helloSkillsMax),
  /** Which of them cannot be done here, and why: what is missing and how to give it. */
  unavailable: z.array(z.strictObject({ skill: nameSchema, why: z.string().max(500) })),
});
export type Hello = z.infer<typeof helloSchema>;

export const heartbeatSchema = z.strictObject({
  v: z.literal(1),
  name: nameSchema,
  id: idSchema,
  revision: z.string().length(64),
  running: z.int().min(0),
  /** Milliseconds between two heartbeats; three missed mean away. */
  intervalMs: z.int().min(100),
  draining: z.boolean(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

export const whoSchema = z.strictObject({ v: z.literal(1) });
/** An agent's instance asks whether it is alone; it hears itself too, so it says which one it is. */
export const whoamiRequestSchema = z.strictObject({ v: z.literal(1), id: idSchema });
export const whoamiReplySchema = z.strictObject({ v: z.literal(1), id: idSchema });

export const progressSchema = z.strictObject({
  v: z.literal(1),
  /** Of an invocation, or of the thought (`<turn>-<thought>-<attempt>`) that is being written. */
  id: invocationIdSchema,
  /** note: how an invocation goes. text: a piece of what is being said. reset: what was said under this id is void. */
  kind: z.enum(['note', 'text', 'reset']),
  text: z.string().max(2000),
});

export const auditSchema = z.strictObject({
  v: z.literal(1),
  service: nameSchema,
  kind: nameSchema,
  time: timeSchema,
  data: recordSchema,
});

/** What can happen in a session; also the last token of the event's subject. */
export const eventTypes = [
  'session-created',
  'session-trusted',
  'session-ended',
  'turn-accepted',
  'turn-routed',
  'turn-waiting',
  'turn-thought',
  'policy-decided',
  'step-started',
  'step-settling',
  'step-ended',
  'question-asked',
  'question-answered',
  'turn-completed',
  'turn-failed',
  'turn-canceled',
  'turn-rejected',
  'delivery-sent',
  'delivery-unknown',
  'delivery-failed',
] as const;
export const eventTypeSchema = z.enum(eventTypes);
export type EventType = z.infer<typeof eventTypeSchema>;

/** One line of the record: self-contained and redacted. `seq` has no gaps within a session. */
export const eventSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  session: idSchema,
  seq: z.int().min(1),
  turn: idSchema.nullable(),
  type: eventTypeSchema,
  time: timeSchema,
  data: recordSchema,
});
export type Event = z.infer<typeof eventSchema>;

/**
 * Agent → gateway: a message came in over a channel. May be sent again with the same id until it is answered, and counts
 * once. A text that is longer is the agent's to cut, and a thing that somebody else wrote in it (a quote) to leave out.
 */
export const inboundSchema = z.strictObject({
  v: z.literal(1),
  /** As the channel has it; one for each message from this address. */
  messageId: z.string().min(1).max(998),
  /** Who it says it is from. */
  address: z.string().min(1).max(320),
  /** The channel vouches for the address: an account that logged in, a mail whose domain signed it. */
  authenticated: z.boolean(),
  /** Which conversation of this address it belongs to, in the agent's own terms: what answers it goes there. */
  thread: z.string().min(1).max(998),
  subject: z.string().max(998).optional(),
  /** When the channel took it in, by the channel's clock: what came before a question was sent does not answer it. */
  receivedAt: timeSchema,
  text: z.string().max(100_000),
});

/**
 * The answer means that what came of it is on disk. `text` is for the log: what a person is to read is sent to them by
 * the hidden skill `reply-<channel>` of the agent.
 */
export const inboundReplySchema = z.strictObject({
  v: z.literal(1),
  /**
   * accepted: it is a turn. answered: it answers what was asked in its thread. linked: the address is somebody's now.
   * refused: nothing comes of it. unknown: the address is nobody's, and is told nothing.
   */
  outcome: z.enum(['accepted', 'answered', 'linked', 'refused', 'unknown']),
  text: z.string().max(2000),
});
export type InboundReply = z.infer<typeof inboundReplySchema>;

/** The hidden skill that sends what a person is to read over a channel: `reply-mail`, `reply-chat`. */
export function replySkill(channel: string): string {
  return `reply-${channel}`;
}
