// Turns that a model leads, with a model that answers at once: what Switchboard adds to it, and what it is sent.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKeySchema, principalSchema, type Turn, turnSchema } from '@switchboard/contract';
import {
  type ModelAnswer,
  type ModelAsked,
  type ModelServer,
  type SaidMessage,
  startModelServer,
} from '@switchboard/testkit/peers/model-server';
import type { System } from '@switchboard/testkit/start-system';
import { z } from 'zod';
import { connect } from '../client/client.ts';
import { type Delta, hearText } from '../client/hear-text.ts';
import type { Timing } from './measure.ts';
import { measureTurns, newSession } from './turns.ts';

const talk = 'hi';
const goal = 'tell me whether there is anything at all that I have saved here';
/** All of it one agent's work: it is given as many skills as a choice can come to. */
const broad =
  'look over my files and folders: list them, read them, find text in them, then copy, move, rename or delete what is old, ' +
  'make a folder and write a summary of it to a file';
const chosenMax = 6;
const streaming = 'tell me a long story';
/** Of a story: pieces, and what goes by between two of them. */
const pieces = 60;
const pieceCharacters = 12;
const betweenMs = 20;
const streams = 200;
/** A principal may follow so many records at a time. */
const streamsPerPrincipal = 50;
const sessionLength = 1_000;
/** What comes later than this after the answer counts as lost. */
const lateMsMax = 2_000;

const story = Array.from({ length: pieces }, (_, index) => `piece ${String(index).padStart(5, '0')} `).join('');

const choiceSchema = z.object({
  properties: z.object({ skills: z.object({ items: z.object({ enum: z.array(z.string()) }) }) }),
});

/** Of the candidates: all that may be chosen for the broad goal, and one for any other. */
function chosenOf(schema: unknown, last: SaidMessage | undefined): string[] {
  if (last?.role !== 'user' || !last.text.includes(broad)) return ['list-files'];
  return choiceSchema.parse(schema).properties.skills.items.enum.slice(0, chosenMax);
}

/** One answer for each of the three: words, a look and then words, a story. */
function answerAtOnce({ messages, tools, format }: ModelAsked): ModelAnswer {
  if (format !== undefined) return { json: { kind: 'do', skills: chosenOf(format.schema, messages.at(-1)) } };
  if (messages.some(({ role }) => role === 'tool')) return { text: 'That is all that is there.' };
  const last = messages.at(-1);
  if (last?.role === 'user' && last.text.includes(streaming)) return { text: story, pieceCharacters, betweenMs };
  if (last?.role === 'user' && last.text.includes(broad)) return { text: 'Not now.' };
  if (tools.some(({ name }) => name === 'list-files')) return { call: { tool: 'list-files', arguments: {} } };
  return { text: 'Hello.' };
}

export interface BenchModel {
  readonly server: ModelServer;
  /** Settings of a system that has it. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startBenchModel(folder: string): Promise<BenchModel> {
  const server = await startModelServer({ answer: answerAtOnce });
  const file = join(folder, 'models.yaml');
  const model = `{ name: at-once, api: openai, baseUrl: "${server.openaiUrl}", model: at-once, contextTokens: 32000 }`;
  writeFileSync(file, `version: 1\nmodels:\n  - ${model}\n`);
  return { server, env: { MODELS_FILE: file } };
}

export interface Sent {
  readonly calls: number;
  readonly bytes: number;
  /** Of one call. */
  readonly bytesMost: number;
  readonly skills: number;
}

/** What one turn sends to the model, as bytes of HTTP bodies; in a session of its own, unless one is given. */
async function sentBy(system: System, { asked }: ModelServer, input: string, session?: string): Promise<Sent> {
  const before = asked.length;
  await measureTurns(system, 1, 1, () => input, session);
  const sent = asked.slice(before);
  return {
    calls: sent.length,
    bytes: sent.reduce((sum, { promptBytes }) => sum + promptBytes, 0),
    bytesMost: Math.max(0, ...sent.map(({ promptBytes }) => promptBytes)),
    skills: Math.max(0, ...sent.map(({ tools }) => tools.filter(({ name }) => !name.startsWith('ask-')).length)),
  };
}

async function newKey(system: System, name: string): Promise<string> {
  const principal = principalSchema.parse(
    await (await system.call('POST', '/v1/principals', { name, kind: 'person' })).json(),
  );
  const body = { title: name, scopes: ['sessions'], principalId: principal.id };
  return newKeySchema.parse(await (await system.call('POST', '/v1/keys', body)).json()).key;
}

interface Told {
  readonly heard: string;
  readonly turn: Turn;
}

async function tellStory({ url }: System, key: string): Promise<Told> {
  const client = connect(url, key);
  const session = (await client.createSession('story')).id;
  const closed = new AbortController();
  let heard = '';
  const { promise: open, resolve: onOpen } = Promise.withResolvers<void>();
  const onDelta = ({ kind, text }: Delta): void => {
    if (kind === 'text') heard += text;
  };
  const hearing = hearText({ url, key, session }, closed.signal, { onDelta, onOpen });
  await open;
  const headers = { 'idempotency-key': randomUUID(), prefer: 'wait=60' };
  const said = await client.call(turnSchema, 'POST', `/v1/sessions/${session}/turns`, { input: streaming }, headers);
  // The last pieces may be on their way on the other connection.
  const until = Date.now() + lateMsMax;
  while (heard.length < story.length && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  closed.abort();
  await hearing;
  return { heard, turn: said };
}

export interface Streamed {
  readonly turns: number;
  readonly completed: number;
  /** Every piece heard, in order, once. */
  readonly whole: number;
  readonly seconds: number;
  /** What a stream takes that nothing holds up. */
  readonly secondsAtLeast: number;
}

async function streamMany(system: System): Promise<Streamed> {
  const principals = Array.from({ length: streams / streamsPerPrincipal }, (_, index) => `teller-${index}`);
  const keys = await Promise.all(principals.map((name) => newKey(system, name)));
  const started = performance.now();
  const told = await Promise.all(
    Array.from({ length: streams }, (_, index) => tellStory(system, keys[index % keys.length] ?? '')),
  );
  return {
    turns: told.length,
    completed: told.filter(({ turn }) => turn.state === 'completed').length,
    whole: told.filter(({ heard }) => heard === story).length,
    seconds: (performance.now() - started) / 1000,
    secondsAtLeast: (pieces * betweenMs) / 1000,
  };
}

export interface ModelFigures {
  readonly hi: Sent;
  readonly step: Sent;
  readonly broad: Sent;
  readonly talk: Timing;
  readonly call: Timing;
  readonly talkLate: Timing;
  readonly callLate: Timing;
  readonly hiLate: Sent;
  readonly streamed: Streamed;
}

export async function measureModel(system: System, { server }: BenchModel): Promise<ModelFigures> {
  await measureTurns(system, 50, 4, (worker) => (worker % 2 === 0 ? talk : goal));
  const [hi, step] = [await sentBy(system, server, talk), await sentBy(system, server, goal)];
  const many = await sentBy(system, server, broad);
  const [early, earlyCall] = [
    await measureTurns(system, 200, 1, () => talk),
    await measureTurns(system, 200, 1, () => goal),
  ];
  const long = await newSession(system);
  await measureTurns(system, sessionLength, 1, () => 'list files', long);
  const late = await measureTurns(system, 200, 1, () => talk, long);
  const lateCall = await measureTurns(system, 200, 1, () => goal, long);
  const hiLate = await sentBy(system, server, talk, long);
  return {
    hi,
    step,
    broad: many,
    talk: early,
    call: earlyCall,
    talkLate: late,
    callLate: lateCall,
    hiLate,
    streamed: await streamMany(system),
  };
}

/** As they are printed, each with what it should be. */
export function modelLines(figures: ModelFigures): string[] {
  const { hi, step, broad: many, hiLate, streamed } = figures;
  const time = (name: string, { p50, p95 }: Timing, aim: string): string =>
    `  ${name.padEnd(44)}${p50.toFixed(1).padStart(7)}${p95.toFixed(1).padStart(8)}   ${aim}`;
  const sent = (name: string, { calls, bytes, skills }: Sent, aim: string): string =>
    `  ${name.padEnd(44)}${String(bytes).padStart(7)} bytes in ${calls} calls, ${skills} skills at most   ${aim}`;
  return [
    `\n${'led by a model that answers at once'.padEnd(46)}    p50     p95   milliseconds`,
    time('answers in words', figures.talk, 'aim: p50 ≤ 20'),
    time('one skill, chosen, called, and words', figures.call, 'aim: p50 ≤ 35'),
    time(`answers in words, after ${sessionLength} turns`, figures.talkLate, 'aim: the same'),
    time(`one skill, after ${sessionLength} turns`, figures.callLate, 'aim: the same'),
    '\nsent to the model, as HTTP bodies',
    sent('to answer “hi”', hi, 'aim: ≤ 3 KB'),
    sent('one skill, chosen, called, and words', step, ''),
    `  ${`one call with ${many.skills} skills`.padEnd(44)}${String(many.bytesMost).padStart(7)} bytes`,
    sent(`to answer “hi” after ${sessionLength} turns`, hiLate, 'aim: the same'),
    `\n${streamed.turns} streams at once: ${streamed.completed} completed, ${streamed.whole} heard whole, in ` +
      `${streamed.seconds.toFixed(1)} s (${streamed.secondsAtLeast.toFixed(1)} s is what one takes)`,
  ];
}
