// A stage for turns that a model leads: two roles, skills of different effect, and a lead that answers as a test tells it.
import { randomUUID } from 'node:crypto';
import { type Bus, connectBus } from '@switchboard/bus';
import {
  type AuditEntry,
  type Event,
  type EventType,
  type Invoke,
  type InvokeReply,
  type ModelUsage,
  type Next,
  type NextReply,
  type RouteDecision,
  type RouteRequest,
  type SkillDocument,
  SwitchboardError,
  type Turn,
} from '@switchboard/contract';
import { openStore, type ThoughtRow } from '@switchboard/store';
import { waitUntil } from '@switchboard/testkit';
import { agentName, hello, type Stage, skillDocument, stage } from './fixture.ts';

export const look = skillDocument('look', 'safe', [{ class: 'read', on: 'files' }]);
export const page = skillDocument('read-page', 'safe', [{ class: 'read', on: 'page' }], 'untrusted');
export const put = skillDocument('put', 'once', [{ class: 'write', on: 'files' }]);
export const post = skillDocument('post-out', 'once', [{ class: 'external', on: 'web' }]);
/** Takes an address, as the skills of the browser do. */
export const visit = skillDocument('visit-page', 'safe', [{ class: 'read', on: 'page' }], 'untrusted');
export const run = skillDocument('run-code', 'once', [{ class: 'execute', on: 'shell' }]);
export const ledSkills = [look, page, put, post, visit, run];

export const usage: ModelUsage = {
  calls: 1,
  promptBytes: 900,
  promptTokens: 300,
  completionTokens: 20,
  costMicros: 100,
  models: ['scripted'],
};

/** What the lead answers, but for what every answer has. */
type Distribute<Reply> = Reply extends unknown ? Omit<Reply, 'v' | 'id' | 'usage'> : never;
export type Thought = Distribute<NextReply>;

export const say = (text: string): Thought => ({ kind: 'say', text });
export const call = (document: SkillDocument, text: unknown): Thought => ({
  kind: 'call',
  agent: agentName,
  skill: document.name,
  input: { text },
});

/** Throws to refuse. */
export type Lead = (question: Next) => Thought | Promise<Thought>;

export interface LedStage extends Stage {
  /** Every question that the lead was asked, in order. */
  readonly asked: Next[];
  readonly routed: RouteRequest[];
  readonly invoked: Invoke[];
  /** Ids of the questions that nobody waits for any more. */
  readonly dropped: string[];
  /** What the lead answers from now on. */
  think(lead: Lead): void;
  /** What the other role, `browser`, answers. */
  judge(lead: Lead): void;
  /** How invocations end from now on. */
  perform(how: (message: Invoke) => InvokeReply | Promise<InvokeReply>): void;
  /** How the agent answers when it is asked what became of an invocation. */
  status(state: 'running' | 'interrupted'): void;
  /** What the agent says that a call would do; undefined: it has no words for it. */
  describe(words: (() => string) | undefined): void;
  thoughts(turnId: string): Promise<ThoughtRow[]>;
  /** Of the session of a turn, also of one that goes on. */
  record(turnId: string): Promise<EventType[]>;
  /** Stops, or starts again, answering questions: as an agent that is away. */
  attend(present: boolean): Promise<void>;
  modelHere(present: boolean): void;
  events(turn: Turn): Promise<Event[]>;
}

export const done = (message: Invoke): InvokeReply => {
  const output = { text: `${message.skill} ${String(message.input['text'])}` };
  return { v: 1, id: message.id, state: 'done', output, text: `Did ${output.text}.`, artifacts: [] };
};

const drive: RouteDecision = {
  v: 1,
  outcome: 'drive',
  stage: 'model',
  reason: 'The test says so.',
  candidates: [],
  agent: agentName,
  skills: ledSkills.map(({ name: skill, contractHash }) => ({ agent: agentName, skill, contractHash })),
};

function announceModel(bus: Bus): (present: boolean) => void {
  let present = true;
  const beat = (): void => {
    const models = present ? [{ name: 'scripted', provider: 'test', up: true }] : [];
    if (bus.connected()) bus.publish('modelHere', {}, { v: 1, models, intervalMs: 200 });
  };
  const timer = setInterval(beat, 100);
  timer.unref();
  beat();
  return (now) => {
    present = now;
    beat();
  };
}

async function connectBrowser(on: Stage, judge: () => Lead): Promise<Bus> {
  const bus = await connectBus({ url: on.nats.url, user: 'browser', seed: on.nats.identities['browser'] ?? '' });
  const skill = skillDocument('open-window', 'safe', [{ class: 'read', on: 'page' }]);
  const announced = { ...hello([skill], 'browser'), description: 'Reads web pages.' };
  const { id, revision } = announced;
  const beat = { v: 1, name: 'browser', id, revision, running: 0, intervalMs: 200, draining: false } as const;
  bus.publish('hello', { agent: 'browser' }, announced);
  setInterval(() => bus.connected() && bus.publish('heartbeat', { agent: 'browser' }, beat), 200).unref();
  bus.respond('next', async ({ message }) => reply(message, await judge()(message)), {
    parameters: { agent: 'browser' },
    verifier: on.agent.verifier,
  });
  await bus.flush();
  return bus;
}

const reply = ({ id }: Next, thought: Thought): NextReply => ({ v: 1, id, usage, ...thought });

export async function ledStage(env: Record<string, string> = {}): Promise<LedStage> {
  const on = await stage(env, ['browser']);
  const asked: Next[] = [];
  const routed: RouteRequest[] = [];
  const invoked: Invoke[] = [];
  const dropped: string[] = [];
  const nothing: Lead = () => {
    throw new SwitchboardError('unavailable', 'No model answers');
  };
  let lead = nothing;
  let judge = nothing;
  let perform: (message: Invoke) => InvokeReply | Promise<InvokeReply> = done;
  const model = await connectBus({ url: on.nats.url, user: 'model', seed: on.nats.identities['model'] ?? '' });
  const browser = await connectBrowser(on, () => judge);
  const { bus, verifier } = on.agent;
  const own = { parameters: { agent: agentName }, verifier };
  on.router.respond('route', async ({ message }) => {
    routed.push(message);
    return drive;
  });
  const answering = () =>
    bus.respond(
      'next',
      async ({ message }) => {
        asked.push(message);
        return reply(message, await lead(message));
      },
      own,
    );
  let listening = answering();
  bus.listen('drop', ({ message }) => dropped.push(message.id), { parameters: { agent: agentName } });
  bus.respond(
    'invoke',
    async ({ message }) => {
      invoked.push(message);
      return perform(message);
    },
    own,
  );
  let state: 'running' | 'interrupted' = 'running';
  bus.respond('status', async ({ message: { id } }) => ({ v: 1, id, state }) as const, {
    parameters: { agent: agentName },
  });
  let words: (() => string) | undefined;
  bus.respond(
    'describe',
    async () => {
      if (words === undefined) throw new SwitchboardError('not-found', 'No words');
      return { v: 1, text: words() } as const;
    },
    { parameters: { agent: agentName } },
  );
  const store = openStore({ ...on.database.roles, connectionsMax: 1 });
  const modelHere = announceModel(model);
  await Promise.all([bus.flush(), on.router.flush(), model.flush()]);
  on.agent.arrive(ledSkills);
  await waitUntil('both roles and a model', async () => {
    const { agents } = (await (await on.call('GET', '/v1/agents')).json()) as { agents: { state: string }[] };
    const ready = (await (await on.call('GET', '/readyz')).json()) as { parts: Record<string, string> };
    return agents.length === 2 && agents.every(({ state }) => state === 'here') && ready.parts['model'] === 'ok';
  });
  return {
    ...on,
    asked,
    routed,
    invoked,
    dropped,
    modelHere,
    think(next) {
      asked.length = 0;
      invoked.length = 0;
      perform = done;
      lead = next;
    },
    judge(next) {
      judge = next;
    },
    perform(how) {
      perform = how;
    },
    describe(how) {
      words = how;
    },
    status(now) {
      state = now;
    },
    thoughts: (turnId) => store.work.thoughts.of(turnId),
    async record(turnId) {
      const { entries } = (await (await on.call('GET', '/v1/audit?limit=500')).json()) as { entries: AuditEntry[] };
      return entries.flatMap(({ event }) => (event?.turn === turnId ? [event.type as EventType] : []));
    },
    async attend(present) {
      if (present) listening = answering();
      else await listening.drain();
      await bus.flush();
    },
    async events(turn) {
      const text = await (await on.call('GET', `/v1/turns/${turn.id}/events`)).text();
      const lines = text.split('\n').filter((line) => line.startsWith('data: '));
      return lines.map((line) => JSON.parse(line.slice('data: '.length)) as Event);
    },
    async close() {
      await Promise.all([model.close(), browser.close(), store.close()]);
      await on.close();
    },
  };
}

/** One thought after another; asked for more, it says that it is lost. */
export function inOrder(...thoughts: (Thought | Lead)[]): Lead {
  let index = 0;
  return (question) => {
    const next = thoughts[index++] ?? say(`asked once too often ${randomUUID()}`);
    return typeof next === 'function' ? next(question) : next;
  };
}
