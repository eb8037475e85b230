// Who is here and what they can do: learned from each agent's own hello, and remembered while it is away.
import type { Bus } from '@switchboard/bus';
import { catalogueRevision, type Heartbeat, type Hello, helloSchema, type SkillDocument } from '@switchboard/contract';
import type { Log } from '@switchboard/service';
import type { Store } from '@switchboard/store';

/** Away after this many missed heartbeats. */
const missedMax = 3;

export interface KnownAgent {
  readonly hello: Hello;
  /** What is left of the hello after refusals. */
  readonly skills: readonly SkillDocument[];
  readonly refused: readonly { readonly skill: string; readonly why: string }[];
  readonly revision: string;
  readonly seenAt: Date;
  readonly running: number;
  readonly state: 'here' | 'away' | 'draining';
}

export interface OfferedSkill {
  readonly agent: string;
  readonly document: SkillDocument;
}

export interface Directory {
  /** Loads what is remembered and asks who is here. */
  start(): Promise<void>;
  agents(): KnownAgent[];
  agent(name: string): KnownAgent | undefined;
  skills(): OfferedSkill[];
  skill(name: string): OfferedSkill | undefined;
  here(agent: string): boolean;
  /** Called whenever an agent arrives or changes. */
  onArrival(listener: (agent: string) => void): void;
}

interface Entry {
  hello: Hello;
  skills: SkillDocument[];
  refused: { skill: string; why: string }[];
  revision: string;
  seenAt: number;
  intervalMs: number;
  running: number;
  draining: boolean;
  /** False for what is only remembered. */
  heard: boolean;
}

export interface DirectoryParts {
  readonly store: Store;
  readonly bus: Bus;
  readonly log: Log;
  readonly now?: () => number;
}

export function createDirectory({ store, bus, log, now = Date.now }: DirectoryParts): Directory {
  const entries = new Map<string, Entry>();
  const listeners: ((agent: string) => void)[] = [];

  /** The first to offer a name keeps it; a version means one content, for ever. */
  function whyRefused(agent: string, skill: SkillDocument): string | undefined {
    for (const [name, entry] of entries) {
      const known = entry.skills.find((candidate) => candidate.name === skill.name);
      if (!known) continue;
      if (name !== agent) return `${name} offers a skill of this name already`;
      if (known.version === skill.version && known.contractHash !== skill.contractHash) {
        return `version ${skill.version} was announced before with another contract: raise the version`;
      }
    }
    return undefined;
  }

  function take(hello: Hello, heard: boolean): Entry {
    const skills: SkillDocument[] = [];
    const refused: { skill: string; why: string }[] = [];
    for (const skill of hello.skills) {
      const why = whyRefused(hello.name, skill);
      if (why === undefined) skills.push(skill);
      else refused.push({ skill: skill.name, why });
    }
    const entry: Entry = {
      hello,
      skills,
      refused,
      revision: catalogueRevision(skills),
      seenAt: now(),
      intervalMs: 2_000,
      running: 0,
      draining: false,
      heard,
    };
    entries.set(hello.name, entry);
    return entry;
  }

  function report(entry: Entry): void {
    for (const { skill, why } of entry.refused) {
      log.warn({ agent: entry.hello.name, skill, why }, 'skill refused');
      bus.publish(
        'audit',
        { service: 'gateway', kind: 'skill-refused' },
        {
          v: 1,
          service: 'gateway',
          kind: 'skill-refused',
          time: new Date(now()).toISOString(),
          data: { agent: entry.hello.name, skill, why },
        },
      );
    }
  }

  async function arrived(hello: Hello): Promise<void> {
    const before = entries.get(hello.name);
    const changed = before?.hello.revision !== hello.revision || before.hello.id !== hello.id;
    const entry = take(hello, true);
    for (const listener of listeners) listener(hello.name);
    if (!changed) return;
    log.info({ agent: hello.name, skills: entry.skills.length }, 'agent is here');
    report(entry);
    await store.agents.save(hello);
  }

  function beat(heartbeat: Heartbeat): void {
    const entry = entries.get(heartbeat.name);
    if (!entry?.heard || entry.hello.id !== heartbeat.id || entry.hello.revision !== heartbeat.revision) {
      bus.publish('who', {}, { v: 1 });
      return;
    }
    entry.seenAt = now();
    entry.intervalMs = heartbeat.intervalMs;
    entry.running = heartbeat.running;
    entry.draining = heartbeat.draining;
  }

  function stateOf(entry: Entry): KnownAgent['state'] {
    if (!entry.heard || now() - entry.seenAt > entry.intervalMs * missedMax) return 'away';
    return entry.draining ? 'draining' : 'here';
  }

  const view = (entry: Entry): KnownAgent => ({
    hello: entry.hello,
    skills: entry.skills,
    refused: entry.refused,
    revision: entry.revision,
    seenAt: new Date(entry.seenAt),
    running: entry.running,
    state: stateOf(entry),
  });

  return {
    async start() {
      for (const { hello, seenAt } of await store.agents.list()) {
        const parsed = helloSchema.safeParse(hello);
        if (!parsed.success) log.warn({ error: parsed.error.message }, 'a remembered agent cannot be read: forgotten');
        else take(parsed.data, false).seenAt = seenAt.getTime();
      }
      bus.listen('hello', ({ message, parameters }) => {
        if (message.name !== parameters.agent) return log.warn({ ...parameters }, 'hello under another name');
        arrived(message).catch((error: unknown) => log.error({ err: error }, 'hello was not kept'));
      });
      bus.listen('heartbeat', ({ message, parameters }) => {
        if (message.name === parameters.agent) beat(message);
      });
      await bus.flush();
      bus.publish('who', {}, { v: 1 });
    },
    agents: () => [...entries.values()].map(view),
    agent(name) {
      const entry = entries.get(name);
      return entry && view(entry);
    },
    skills: () =>
      [...entries.values()].flatMap(({ hello, skills }) => skills.map((document) => ({ agent: hello.name, document }))),
    skill(name) {
      for (const { hello, skills } of entries.values()) {
        const document = skills.find((candidate) => candidate.name === name);
        if (document) return { agent: hello.name, document };
      }
      return undefined;
    },
    here(agent) {
      const entry = entries.get(agent);
      return entry !== undefined && stateOf(entry) === 'here';
    },
    onArrival: (listener) => listeners.push(listener),
  };
}
