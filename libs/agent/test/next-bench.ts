// An agent that thinks, on a real broker; the test plays the gateway that asks it, and the model service that it asks.
import { randomUUIDv7 } from 'node:crypto';
import { type Bus, connectBus, createSigner, createSigningKeys, createVerifier, type Signer } from '@switchboard/bus';
import {
  describeContract,
  invocationId,
  type MessageOf,
  type ModelPiece,
  type ModelReply,
  type ModelRequest,
  type Next,
  type NextReply,
  type NextSkill,
  type Observation,
  type Skill,
} from '@switchboard/contract';
import { createLog, type Life } from '@switchboard/service';
import { startTestNats, type TestNats, tempFolder } from '@switchboard/testkit';
import { runAgent } from '../src/index.ts';
import { agentName } from './invocations.ts';

export const usage = {
  calls: 1,
  promptBytes: 1_000,
  promptTokens: 300,
  completionTokens: 20,
  costMicros: 5,
  models: ['small'],
};

/** What a scripted model does with one request. */
export type Answer = (
  request: ModelRequest,
  say: (piece: ModelPiece) => void,
) => Partial<ModelReply> | Promise<Partial<ModelReply>>;

export const says =
  (text: string): Answer =>
  () => ({ text, stop: 'end' });
export const calls =
  (tool: string, input: unknown): Answer =>
  () => ({
    stop: 'call',
    call: { tool, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  });

export interface NextBench {
  readonly nats: TestNats;
  /** What the model was asked since the last `script`. */
  readonly asked: ModelRequest[];
  /** What was told of the writing, since the last `script`. */
  readonly progress: MessageOf<'progress'>[];
  /** The next answers of the model, in order; asked more often it refuses. */
  script(...answers: Answer[]): void;
  ask(question: Next, signer?: Signer): Promise<NextReply>;
  /** Nobody waits for the answer any more. */
  drop(question: Next): void;
  /** Ids of the calls that the model service was told to break off. */
  readonly dropped: string[];
  /** The model service goes, and comes back. */
  modelAway(): Promise<void>;
  modelBack(): Promise<void>;
  /** As SIGTERM does it. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export async function nextBench(questionsMax = 4): Promise<NextBench> {
  const nats = await startTestNats({ agents: [agentName] });
  const folder = await tempFolder();
  const keys = createSigningKeys();
  const signer = createSigner(keys.privateKey);
  const seedOf = (user: string): string => nats.identities[user] ?? '';
  const connectAs = (user: string): Promise<Bus> => connectBus({ url: nats.url, user, seed: seedOf(user) });
  const gateway = await connectAs('gateway');
  let model = await connectAs('model');
  const asked: ModelRequest[] = [];
  const progress: MessageOf<'progress'>[] = [];
  const dropped: string[] = [];
  let answers: Answer[] = [];
  const serve = async (): Promise<void> => {
    model.respond('model', async ({ message }, say) => {
      asked.push(message);
      const answer = answers.shift();
      if (answer === undefined) throw new Error('asked more often than the test foresees');
      const reply: ModelReply = { v: 1, id: message.id, text: '', stop: 'end', usage };
      return { ...reply, ...(await answer(message, say)) };
    });
    model.listen('modelDrop', ({ message }) => void dropped.push(message.id));
    await model.flush();
  };
  await serve();
  gateway.listen('progress', ({ message }) => void progress.push(message));
  await gateway.flush();
  const steps: (() => Promise<void> | void)[] = [];
  const drain = async (): Promise<void> => {
    for (const step of steps.splice(0)) await step();
  };
  const life: Life = {
    log: createLog('test', 'silent'),
    stopping: new AbortController().signal,
    onStop: (step) => steps.push(step),
    ready: () => {},
    die: (why) => {
      throw new Error(why);
    },
  };
  await runAgent({
    name: agentName,
    description: 'Files, folders and commands in one workspace.',
    version: '1.0.0',
    bus: { url: nats.url, seed: seedOf(agentName) },
    verifier: createVerifier(keys.publicKey),
    skills: [],
    adapters: {},
    dataDir: folder.path,
    concurrency: 1,
    questionsMax,
    life,
  });
  return {
    nats,
    asked,
    progress,
    drain,
    script(...next) {
      asked.length = 0;
      progress.length = 0;
      answers = next;
    },
    ask: (question, by = signer) =>
      gateway.request('next', { agent: agentName }, question, { timeoutMs: 30_000, replier: agentName, signer: by }),
    drop: ({ id }) => gateway.publish('drop', { agent: agentName }, { v: 1, id }),
    dropped,
    modelAway: () => model.close(),
    async modelBack() {
      model = await connectAs('model');
      await serve();
    },
    async stop() {
      await drain();
      await Promise.all([gateway.close(), model.close()]);
      await nats.stop();
      await folder.remove();
    },
  };
}

/** What the person says, to an agent that can do nothing, unless `more` says otherwise. */
export function question(goal: string, more: Partial<Next> = {}): Next {
  const turn = more.turn ?? randomUUIDv7();
  const thought = more.thought ?? 1;
  return {
    v: 1,
    id: invocationId(turn, thought, 1),
    session: randomUUIDv7(),
    turn,
    thought,
    agent: agentName,
    purpose: 'decide',
    goal,
    skills: [],
    roles: [],
    context: { facts: [], messages: [] },
    observations: [],
    stepsLeft: 8,
    now: '2026-01-02T10:30:00.000Z',
    deadline: new Date(Date.now() + 60_000).toISOString(),
    ...more,
  };
}

/** A skill as the gateway offers it. */
export function offered({ contract }: Skill, agent = agentName): NextSkill {
  const { name, description, input, output, effects } = describeContract(contract);
  const properties = output['properties'];
  const gives = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return { agent, skill: name, description, input, gives, effects };
}

/** What came of a step. */
export function result(
  step: number,
  skill: string,
  text: string,
  more: Partial<Extract<Observation, { kind: 'result' }>> = {},
): Observation {
  return {
    kind: 'result',
    thought: step,
    step,
    agent: agentName,
    skill,
    input: { path: 'a.txt' },
    state: 'succeeded',
    text,
    cut: false,
    trust: 'trusted',
    ...more,
  };
}
