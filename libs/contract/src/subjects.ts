// The subject map: one table of facts. Builders, permissions, streams and the reference are derived from it.
import type { z } from 'zod';
import {
  artifactReplySchema,
  artifactRequestSchema,
  auditSchema,
  cancelReplySchema,
  cancelRequestSchema,
  contentRequestSchema,
  describeReplySchema,
  describeRequestSchema,
  eventSchema,
  heartbeatSchema,
  helloSchema,
  inboundReplySchema,
  inboundSchema,
  invokeReplySchema,
  invokeSchema,
  progressSchema,
  reconcileReplySchema,
  reconcileSchema,
  statusReplySchema,
  statusRequestSchema,
  whoamiReplySchema,
  whoamiRequestSchema,
  whoSchema,
} from './messages.ts';
import { catalogueSchema, routeDecisionSchema, routeMessageSchema } from './routing.ts';

/** Who speaks on the bus. `agent` is each agent, on its own name only; `operator` listens from an account of its own. */
export type Role = 'gateway' | 'router' | 'agent' | 'operator';

export interface SubjectFact {
  /** `{parameter}` stands for one token. */
  readonly pattern: string;
  /** request: asked and answered. publish: said once, not kept. stream: said once and kept by JetStream. */
  readonly kind: 'request' | 'publish' | 'stream';
  readonly saidBy: readonly Role[];
  readonly heardBy: readonly Role[];
  readonly message: z.ZodType;
  readonly reply?: z.ZodType;
  /** One of the listeners gets each message. */
  readonly queue?: string;
  readonly stream?: StreamName;
  readonly summary: string;
}

export type StreamName = 'SB_EVENTS' | 'SB_AUDIT';

const declare = <const Facts extends Record<string, SubjectFact>>(facts: Facts): Facts => facts;

export const subjects = declare({
  route: {
    pattern: 'sb.route',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['router'],
    message: routeMessageSchema,
    reply: routeDecisionSchema,
    queue: 'router',
    summary: 'Recognise the intent of a message: which agent and skills, or a question, or a refusal.',
  },
  catalogue: {
    pattern: 'sb.catalogue.{agent}',
    kind: 'publish',
    saidBy: ['gateway'],
    heardBy: ['router'],
    message: catalogueSchema,
    summary: 'The contracts of one agent, told to routers that do not hold them yet.',
  },
  invoke: {
    pattern: 'sb.skill.{agent}.{skill}',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: invokeSchema,
    reply: invokeReplySchema,
    summary: 'Run a skill, once, under an invocation id. Signed.',
  },
  status: {
    pattern: 'sb.agent.{agent}.status',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: statusRequestSchema,
    reply: statusReplySchema,
    summary: 'What became of an invocation? Asking fences an id that never arrived.',
  },
  reconcile: {
    pattern: 'sb.agent.{agent}.reconcile',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: reconcileSchema,
    reply: reconcileReplySchema,
    summary: 'Look whether an interrupted invocation had its effect. Changes nothing. Signed.',
  },
  cancel: {
    pattern: 'sb.agent.{agent}.cancel',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: cancelRequestSchema,
    reply: cancelReplySchema,
    summary: 'End an invocation and all that it runs; an id that never arrived is fenced.',
  },
  describe: {
    pattern: 'sb.agent.{agent}.describe',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: describeRequestSchema,
    reply: describeReplySchema,
    summary: 'What would be done with this input, in words for the person who must approve it. Changes nothing.',
  },
  artifact: {
    pattern: 'sb.agent.{agent}.artifact',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: artifactRequestSchema,
    reply: artifactReplySchema,
    summary: 'One piece of a large output.',
  },
  whoami: {
    pattern: 'sb.agent.{agent}.whoami',
    kind: 'request',
    saidBy: ['agent'],
    heardBy: ['agent'],
    message: whoamiRequestSchema,
    reply: whoamiReplySchema,
    summary: 'Is another instance of me alive? An answer stops the second one.',
  },
  who: {
    pattern: 'sb.who',
    kind: 'publish',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: whoSchema,
    summary: 'Who is here? Every agent says hello again.',
  },
  hello: {
    pattern: 'sb.agent.{agent}.hello',
    kind: 'publish',
    saidBy: ['agent'],
    heardBy: ['gateway', 'operator'],
    message: helloSchema,
    summary: 'An agent is here, with its full contracts (NATS ADR-32 service info).',
  },
  heartbeat: {
    pattern: 'sb.agent.{agent}.hb',
    kind: 'publish',
    saidBy: ['agent'],
    heardBy: ['gateway', 'operator'],
    message: heartbeatSchema,
    summary: 'An agent is still here. Three missed mean away.',
  },
  progress: {
    pattern: 'sb.progress.{agent}.{turn}',
    kind: 'publish',
    saidBy: ['agent'],
    heardBy: ['gateway'],
    message: progressSchema,
    summary: 'How an invocation goes, as it goes. May be lost.',
  },
  inbound: {
    pattern: 'sb.inbound.{agent}.{channel}',
    kind: 'request',
    saidBy: ['agent'],
    heardBy: ['gateway'],
    message: inboundSchema,
    reply: inboundReplySchema,
    queue: 'gateway',
    summary: 'A message came in over a channel. The answer means that what came of it is on disk.',
  },
  content: {
    pattern: 'sb.content.{agent}',
    kind: 'request',
    saidBy: ['agent'],
    heardBy: ['gateway'],
    message: contentRequestSchema,
    reply: artifactReplySchema,
    queue: 'gateway',
    summary: 'One piece of an artifact that the input of an invocation of this agent names, while it is under way.',
  },
  event: {
    pattern: 'sb.event.{session}.{type}',
    kind: 'stream',
    saidBy: ['gateway'],
    heardBy: ['gateway', 'operator'],
    message: eventSchema,
    stream: 'SB_EVENTS',
    summary: 'One thing that happened in a session; per-session gap-free `seq`. A copy of what Postgres holds.',
  },
  audit: {
    pattern: 'sb.audit.{service}.{kind}',
    kind: 'stream',
    saidBy: ['gateway', 'router', 'agent'],
    heardBy: ['gateway', 'operator'],
    message: auditSchema,
    stream: 'SB_AUDIT',
    summary:
      'A service about itself: started, refused, drained. The gateway keeps it in the audit chain, and tells its head.',
  },
});

export type SubjectName = keyof typeof subjects;
export type Pattern<Name extends SubjectName> = (typeof subjects)[Name]['pattern'];
export type ParametersOf<P extends string> = P extends `${string}{${infer Parameter}}${infer Rest}`
  ? { readonly [Key in Parameter]: string } & ParametersOf<Rest>
  : unknown;

/** A stream's settings, in the terms of the JetStream API. */
export interface StreamFact {
  readonly subjects: readonly string[];
  readonly maxAgeDays: number;
  readonly bytesMax: number;
  readonly messageBytesMax: number;
  readonly duplicateWindowMinutes: number;
  readonly noAck: boolean;
}

/** SB_AUDIT does not acknowledge: an acknowledgement goes wherever the publisher's reply field points. */
export const streams: Readonly<Record<StreamName, StreamFact>> = {
  SB_EVENTS: {
    subjects: ['sb.event.*.*'],
    maxAgeDays: 30,
    bytesMax: 1024 ** 3,
    messageBytesMax: 320 * 1024,
    duplicateWindowMinutes: 10,
    noAck: false,
  },
  SB_AUDIT: {
    subjects: ['sb.audit.*.*'],
    maxAgeDays: 90,
    bytesMax: 1024 ** 3,
    messageBytesMax: 64 * 1024,
    duplicateWindowMinutes: 2,
    noAck: true,
  },
};

const token = /^[A-Za-z0-9_-]{1,63}$/;

/** The concrete subject. Throws TypeError on a parameter that is not one plain token: `*` and `.` never get in. */
export function subject<Name extends SubjectName>(name: Name, parameters: ParametersOf<Pattern<Name>>): string {
  return subjects[name].pattern.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = (parameters as Record<string, string>)[key];
    if (value === undefined || !token.test(value)) throw new TypeError(`subject ${name}: ${key} is not a plain token`);
    return value;
  });
}

/** The subject to listen on: parameters that are not given become `*`. */
export function subjectFilter<Name extends SubjectName>(
  name: Name,
  parameters: Partial<ParametersOf<Pattern<Name>>> = {},
): string {
  return subjects[name].pattern.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = (parameters as Record<string, string | undefined>)[key];
    if (value === undefined) return '*';
    if (!token.test(value)) throw new TypeError(`subject ${name}: ${key} is not a plain token`);
    return value;
  });
}

/** The parameters in a concrete subject, or undefined when it is not one of this name's. */
export function parseSubject<Name extends SubjectName>(
  name: Name,
  concrete: string,
): ParametersOf<Pattern<Name>> | undefined {
  const pattern = subjects[name].pattern.split('.');
  const tokens = concrete.split('.');
  if (tokens.length !== pattern.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = tokens[index] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters as ParametersOf<Pattern<Name>>;
}

export type MessageOf<Name extends SubjectName> = z.infer<(typeof subjects)[Name]['message']>;
export type ReplyOf<Name extends SubjectName> = (typeof subjects)[Name] extends { reply: infer Reply extends z.ZodType }
  ? z.infer<Reply>
  : never;
