// The part of the subject map that is about language models: asked, told to stop, here, and what they may cost.
import {
  modelDropSchema,
  modelHereSchema,
  modelPieceSchema,
  modelReplySchema,
  modelRequestSchema,
  reserveReplySchema,
  reserveSchema,
  settleReplySchema,
  settleSchema,
} from './model.ts';
import { declareSubjects } from './subject-fact.ts';

export const modelSubjects = declareSubjects({
  model: {
    pattern: 'sb.model.{service}',
    kind: 'request',
    saidBy: ['router', 'agent'],
    heardBy: ['model'],
    message: modelRequestSchema,
    reply: modelReplySchema,
    piece: modelPieceSchema,
    queue: 'model',
    summary: 'Ask a language model, on the account of a turn. Its text comes in pieces where they are wanted.',
  },
  modelDrop: {
    pattern: 'sb.model.{service}.drop',
    kind: 'publish',
    saidBy: ['router', 'agent'],
    heardBy: ['model'],
    message: modelDropSchema,
    summary: 'Nobody waits for this call any more: it is broken off, so that no more of it is paid for.',
  },
  modelHere: {
    pattern: 'sb.models',
    kind: 'publish',
    saidBy: ['model'],
    heardBy: ['gateway', 'operator'],
    message: modelHereSchema,
    summary: 'The model service is here, and its models, in the order in which they are tried.',
  },
  reserve: {
    pattern: 'sb.budget.reserve',
    kind: 'request',
    saidBy: ['model'],
    heardBy: ['gateway'],
    message: reserveSchema,
    reply: reserveReplySchema,
    queue: 'gateway',
    summary: 'May this much be spent on this turn? Asked before each attempt; the answer means that it is on the book.',
  },
  settle: {
    pattern: 'sb.budget.settle',
    kind: 'request',
    saidBy: ['model'],
    heardBy: ['gateway'],
    message: settleSchema,
    reply: settleReplySchema,
    queue: 'gateway',
    summary: 'What an attempt has used. Until then all that was reserved counts as spent.',
  },
});
