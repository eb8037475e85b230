// An agent says who it is, and every two seconds that it still is.
import type { Bus } from '@switchboard/bus';
import { type Hello, hashJson, subject } from '@switchboard/contract';
import type { HostedSkills } from './hosted-skills.ts';

const intervalMs = 2_000;

export interface Presence {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Of this process. */
  readonly id: string;
  readonly concurrency: number;
  readonly skills: HostedSkills;
  readonly running: () => number;
}

export interface Announcer {
  /** Full contracts, to whoever listens. While the bus is away nobody does, and nothing is kept for later. */
  hello(): void;
  /** Says so at once, and in every heartbeat from now on. */
  draining(): void;
  /** A last heartbeat. */
  stop(): void;
}

/** In the shape of NATS ADR-32 service info. */
function helloOf(presence: Presence): Hello {
  const { name, id, version, description, concurrency, skills } = presence;
  const { documents } = skills;
  const offered = [...skills.byName.values()].map(({ document }) => document);
  return {
    v: 1,
    type: 'io.nats.micro.v1.info_response',
    name,
    id,
    version,
    description,
    metadata: {},
    endpoints: offered.map((document) => ({
      name: document.name,
      subject: subject('invoke', { agent: name, skill: document.name }),
      queue_group: '',
      metadata: { version: document.version, contractHash: document.contractHash },
    })),
    revision: hashJson(documents.map(({ contractHash }) => contractHash).sort()),
    concurrency,
    skills: [...documents],
    unavailable: [...skills.unavailable],
  };
}

/** Says hello, and begins its heartbeats. */
export function announce(bus: Bus, presence: Presence): Announcer {
  const { name } = presence;
  const hello = helloOf(presence);
  let draining = false;

  const sayHello = (): void => {
    if (bus.connected()) bus.publish('hello', { agent: name }, hello);
  };
  const beat = (): void => {
    if (!bus.connected()) return;
    const { id, revision } = hello;
    const running = presence.running();
    bus.publish('heartbeat', { agent: name }, { v: 1, name, id, revision, running, intervalMs, draining });
  };
  sayHello();
  beat();
  const timer = setInterval(beat, intervalMs);
  return {
    hello: sayHello,
    draining() {
      draining = true;
      beat();
    },
    stop() {
      clearInterval(timer);
      beat();
    },
  };
}
