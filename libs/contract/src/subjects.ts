// The subject map: one table of facts. Builders, permissions, streams and the reference are derived from it.
import type { z } from 'zod';
import { memoryReplySchema, memoryRequestSchema } from './memory.ts';
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
import { modelSubjects } from './model-subjects.ts';
import { dropSchema, nextReplySchema, nextSchema } from './next.ts';
import { catalogueSchema, routeDecisionSchema, routeMessageSchema } from './routing.ts';
import { declareSubjects } from './subject-fact.ts';

export const subjects = declareSubjects({
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
  next: {
    pattern: 'sb.agent.{agent}.next',
    kind: 'request',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: nextSchema,
    reply: nextReplySchema,
    summary: 'Given the goal and what came of it so far, what now? Asks a model and changes nothing. Signed.',
  },
  drop: {
    pattern: 'sb.agent.{agent}.drop',
    kind: 'publish',
    saidBy: ['gateway'],
    heardBy: ['agent'],
    message: dropSchema,
    summary: 'Nobody waits for this thought any more: its turn was canceled.',
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
    heardBy: ['model', 'agent'],
    message: whoSchema,
    summary: 'Who is here? Every agent says hello again, and the model service which models it has.',
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
  memory: {
    pattern: 'sb.memory.{agent}',
    kind: 'request',
    saidBy: ['agent'],
    heardBy: ['gateway'],
    message: memoryRequestSchema,
    reply: memoryReplySchema,
    queue: 'gateway',
    summary: 'Remember, recall or forget facts of the person whose invocation is under way at this agent.',
  },
  ...modelSubjects,
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
    saidBy: ['gateway', 'router', 'model', 'agent'],
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

export type MessageOf<Name extends SubjectName> = z.infer<(typeof subjects)[Name]['message']>;
export type ReplyOf<Name extends SubjectName> = (typeof subjects)[Name] extends { reply: infer Reply extends z.ZodType }
  ? z.infer<Reply>
  : never;
export type PieceOf<Name extends SubjectName> = (typeof subjects)[Name] extends { piece: infer Piece extends z.ZodType }
  ? z.infer<Piece>
  : never;
