// Who is here and what they can do: learned from each agent's own hello, and remembered while it is away.
import type { Bus } from '@switchboard/bus';
import { type Hello, helloSchema, type SkillDocument } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { Work } from '@switchboard/store';
import { createKnownAgents, isForEverybody, type KnownAgent } from './known-agents.ts';

export interface OfferedSkill {
  readonly agent: string;
  readonly document: SkillDocument;
  /** Why its agent cannot do it, where it cannot. */
  readonly unavailable?: string;
}

export interface Directory {
  /** Loads what is remembered, listens, and asks who is here. */
  start(): Promise<void>;
  /** Asks again: what was said while the bus was away was not heard. */
  askAgain(): void;
  agents(): KnownAgent[];
  agent(name: string): KnownAgent | undefined;
  /** Those that are for everybody. */
  skills(): OfferedSkill[];
  skill(name: string): OfferedSkill | undefined;
  /** Also one that is for the gateway alone. */
  offered(agent: string, skill: string): OfferedSkill | undefined;
  here(agent: string): boolean;
  /** It was asked, and the bus says that nobody listens: it is away until it is heard again. */
  miss(agent: string): void;
}

export interface DirectoryParts {
  readonly store: Work;
  readonly bus: Bus;
  readonly log: Log;
  readonly now?: () => number;
}

export function createDirectory({ store, bus, log, now = Date.now }: DirectoryParts): Directory {
  const known = createKnownAgents(now);

  function report({ hello, refused }: KnownAgent): void {
    for (const { skill, why } of refused) {
      log.warn({ agent: hello.name, skill, why }, 'skill refused');
      const subject = { service: 'gateway', kind: 'skill-refused' };
      const data = { agent: hello.name, skill, why };
      bus.publish('audit', subject, { v: 1, ...subject, time: new Date(now()).toISOString(), data });
    }
  }

  async function arrived(hello: Hello): Promise<void> {
    const before = known.get(hello.name)?.hello;
    const agent = known.take(hello);
    if (before?.revision === hello.revision && before.id === hello.id) return;
    log.info({ agent: hello.name, skills: agent.skills.length }, 'agent is here');
    report(agent);
    await store.agents.save({ ...hello, skills: [...agent.skills] });
  }

  async function remember(): Promise<void> {
    for (const { hello, seenAt } of await store.agents.list()) {
      const parsed = helloSchema.safeParse(hello);
      if (parsed.success) known.take(parsed.data, seenAt);
      else log.warn({ error: parsed.error.message }, 'a remembered agent cannot be read: forgotten');
    }
  }

  const ask = (): void => {
    if (bus.connected()) bus.publish('who', {}, { v: 1 });
  };

  const all = (): OfferedSkill[] =>
    known.all().flatMap(({ hello, skills }) =>
      skills.map((document) => {
        const missing = hello.unavailable.find(({ skill }) => skill === document.name);
        return { agent: hello.name, document, ...(missing && { unavailable: missing.why }) };
      }),
    );
  const forEverybody = (): OfferedSkill[] => all().filter(({ document }) => isForEverybody(document));

  return {
    async start() {
      await remember();
      bus.listen('hello', ({ message, parameters }) => {
        if (message.name !== parameters.agent) return log.warn({ ...parameters }, 'hello under another name');
        arrived(message).catch((error: unknown) => log.error({ err: error }, 'hello was not kept'));
      });
      bus.listen('heartbeat', ({ message, parameters }) => {
        if (message.name === parameters.agent && !known.beat(message)) ask();
      });
      await bus.flush();
      ask();
    },
    askAgain: ask,
    agents: known.all,
    agent: known.get,
    skills: forEverybody,
    skill: (name) => forEverybody().find(({ document }) => document.name === name),
    offered: (agent, skill) => all().find(({ agent: by, document }) => by === agent && document.name === skill),
    here: (agent) => known.get(agent)?.state === 'here',
    miss: known.miss,
  };
}
