// A gateway with an agent that has a channel: people write over it, and read what comes back.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Channel, type Door, runAgent } from '@switchboard/agent';
import {
  type Delivery,
  deliverySchema,
  describeContract,
  type InboundReply,
  type MessageOf,
  type PlannedStep,
  type RouteDecision,
} from '@switchboard/contract';
import { createLog, type Life } from '@switchboard/service';
import { tempFolder, waitUntil } from '@switchboard/testkit';
import { expect } from 'vitest';
import { z } from 'zod';
import { type Interference, type Outbox, outboxAt, plainSkills, replySkill, type Sent } from './channel-agent.ts';
import { agentName, type Stage, stage } from './fixture.ts';

type Message = MessageOf<'inbound'>;

export interface ChannelAgent {
  readonly door: Door;
  stop(): Promise<void>;
}

export interface ChannelStage extends Stage {
  readonly outbox: Outbox;
  readonly interfere: Interference;
  /** The agent, as long as it runs. */
  startAgent(): Promise<ChannelAgent>;
  /** Links an address to whoever `call` is, the owner by default. Waits until that is confirmed. */
  link(address: string, call?: Stage['call']): Promise<{ id: string; code: string }>;
  bring(address: string, text: string, more?: Partial<Message>): Promise<InboundReply>;
  /** What was sent to an address, oldest first, once there are so many. */
  received(address: string, count: number): Promise<Sent[]>;
  /** What the router plans from now on, whatever is said; undefined: what its first word says. */
  replan(step: PlannedStep | undefined): void;
  /** Of one state, newest first; without text. */
  deliveries(state: string): Promise<Delivery[]>;
}

export const freshAddress = (): string => `${randomUUID().slice(0, 8)}@example.org`;

export function messageOf(address: string, text: string, more: Partial<Message> = {}): Message {
  const message = { messageId: randomUUID(), thread: 'a thread', receivedAt: new Date().toISOString() };
  return { v: 1, ...message, address, authenticated: true, text, ...more };
}

const said = { v: 1 as const, stage: 'explicit' as const, reason: 'The test says so.', candidates: [] };

/** By its first word: a skill, a question, or nothing that is understood. */
export function routeOf(text: string, answer?: string): RouteDecision {
  const [first = '', ...rest] = text.split(' ');
  const step = (name: string, words: string) => {
    const skill = plainSkills.find(({ contract }) => contract.name === name);
    if (skill === undefined) throw new Error(name);
    const { contractHash } = describeContract(skill.contract);
    return { agent: agentName, skill: name, contractHash, input: { text: words } };
  };
  const route = (...steps: ReturnType<typeof step>[]): RouteDecision => ({ ...said, outcome: 'route', steps });
  if (answer !== undefined) return route(step('repeat-it', answer));
  switch (first) {
    case 'burn':
      return route(
        ...rest
          .join(' ')
          .split(' and ')
          .map((words) => step('burn', words)),
      );
    case 'note':
      return route(step('note-it', rest.join(' ')));
    case 'lose':
      return route(step('lose-it', rest.join(' ')));
    case 'make':
      return route(step('make-files', rest.join(' ')));
    case 'ask': {
      const question = {
        kind: 'input',
        text: 'Which words?',
        agent: agentName,
        skill: 'repeat-it',
        field: 'text',
      } as const;
      return { ...said, outcome: 'ask', question: { ...question, arguments: {} } };
    }
    case 'choose': {
      const choices = ['first', 'second'].map((id) => {
        return { id, label: `The ${id}`, agent: agentName, skill: 'repeat-it', arguments: { text: id } };
      });
      return { ...said, outcome: 'ask', question: { kind: 'choice', text: 'Which one?', choices } };
    }
    case 'huh':
      return { ...said, outcome: 'refuse', text: 'Nobody here can do that.' };
    default:
      return route(step('repeat-it', text));
  }
}

export const askBeforeBurning = `version: 1
rules:
  - { rule: burning, skill: burn, decide: ask }
  - { rule: others, decide: allow }
`;

export async function channelStage(env: Record<string, string> = {}, channel = 'mail'): Promise<ChannelStage> {
  const folder = await tempFolder();
  const on = await stage({ TURN_DEADLINE_SECONDS: '60', ...env });
  const outbox = outboxAt(join(folder.path, 'outbox'));
  const interfere: Interference = {};
  let planned: PlannedStep | undefined;
  on.router.respond('route', async ({ message: { text, answer, arguments: known } }): Promise<RouteDecision> => {
    if (planned !== undefined) return { ...said, outcome: 'route', steps: [planned] };
    return routeOf(text === '' ? String(known?.['text']) : text, answer?.text);
  });
  await on.router.flush();
  let running: ChannelAgent | undefined;

  async function startAgent(): Promise<ChannelAgent> {
    const stops: (() => Promise<void> | void)[] = [];
    const life: Life = {
      log: createLog('agent', process.env['LOG_LEVEL'] ?? 'silent'),
      stopping: new AbortController().signal,
      onStop: (step) => stops.push(step),
      ready() {},
      die(why, cause) {
        throw new Error(why, { cause });
      },
    };
    const { promise: opened, resolve } = Promise.withResolvers<Door>();
    const mouth: Channel = {
      name: channel,
      start(door) {
        resolve(door);
        return async () => {};
      },
    };
    await runAgent({
      name: agentName,
      description: 'For tests.',
      version: '1.0.0',
      bus: { url: on.nats.url, seed: on.nats.identities[agentName] ?? '' },
      verifier: on.agent.verifier,
      skills: [...plainSkills, replySkill(channel, outbox, interfere)],
      adapters: {},
      channels: [mouth],
      dataDir: join(folder.path, 'data'),
      concurrency: 4,
      life,
    });
    const door = await opened;
    const agent: ChannelAgent = {
      door,
      async stop() {
        for (const stop of stops.splice(0).reverse()) await stop();
        if (running === agent) running = undefined;
      },
    };
    running = agent;
    return agent;
  }

  const bring: ChannelStage['bring'] = (address, text, more = {}) => {
    if (running === undefined) throw new Error('the agent is away');
    return running.door.bring(messageOf(address, text, more), AbortSignal.timeout(20_000));
  };
  const received: ChannelStage['received'] = (address, count) =>
    waitUntil(`${count} messages to ${address}`, async () => {
      const found = outbox.sent().filter((sent) => sent.address === address);
      return found.length >= count && found;
    });

  return {
    ...on,
    outbox,
    interfere,
    startAgent,
    bring,
    received,
    async link(address, call = on.call) {
      const response = await call('POST', '/v1/identities', { channel, address });
      expect(response.status).toBe(201);
      const { id, code } = (await response.json()) as { id: string; code: string };
      expect(await bring(address, code, { thread: 'links' })).toMatchObject({ outcome: 'linked' });
      await received(address, 1);
      return { id, code };
    },
    replan(step) {
      planned = step;
    },
    async deliveries(state) {
      const response = await on.call('GET', `/v1/deliveries?state=${state}`);
      expect(response.status).toBe(200);
      return z.object({ deliveries: z.array(deliverySchema) }).parse(await response.json()).deliveries;
    },
    async close() {
      await running?.stop();
      await on.close();
      await folder.remove();
    },
  };
}
