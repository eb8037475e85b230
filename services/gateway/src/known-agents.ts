// What has been announced, as far as it is accepted: one name one owner, one version one contract.
import { catalogueRevision, type Heartbeat, type Hello, type SkillDocument } from '@switchboard/contract';

/** Away after this many missed heartbeats. */
const missedMax = 3;
/** Until the first heartbeat says how often they come. */
const intervalMs = 2_000;

/** What the gateway alone asks for, nobody chooses. */
export const isForEverybody = ({ audience }: SkillDocument): boolean => audience === undefined;

export interface Refused {
  readonly skill: string;
  readonly why: string;
}

export interface KnownAgent {
  readonly hello: Hello;
  /** What is left of the hello after refusals. */
  readonly skills: readonly SkillDocument[];
  readonly refused: readonly Refused[];
  /** Of those that a router may choose. */
  readonly revision: string;
  readonly seenAt: Date;
  readonly running: number;
  readonly state: 'here' | 'away' | 'draining';
}

interface Entry extends Omit<KnownAgent, 'state' | 'seenAt'> {
  readonly seenAt: number;
  readonly intervalMs: number;
  readonly draining: boolean;
  /** False for what is only remembered from before. */
  readonly heard: boolean;
  /** Somebody asked it something, and nobody listened: away until it is heard again. */
  readonly missed: boolean;
}

export interface KnownAgents {
  /** Takes what can be accepted of a hello. `seenAt`: it is remembered, not heard. */
  take(hello: Hello, seenAt?: Date): KnownAgent;
  /** False when this is not the instance or the contracts that are known: it should say hello again. */
  beat(heartbeat: Heartbeat): boolean;
  /** Nobody listened where it should have. */
  miss(name: string): void;
  get(name: string): KnownAgent | undefined;
  all(): KnownAgent[];
}

export function createKnownAgents(now: () => number): KnownAgents {
  const entries = new Map<string, Entry>();
  /** `<skill> <version>` → the first contract that was announced under it. */
  const contracts = new Map<string, string>();

  function stateOf(entry: Entry): KnownAgent['state'] {
    if (!entry.heard || entry.missed || now() - entry.seenAt > entry.intervalMs * missedMax) return 'away';
    return entry.draining ? 'draining' : 'here';
  }
  const view = (entry: Entry): KnownAgent => ({ ...entry, seenAt: new Date(entry.seenAt), state: stateOf(entry) });

  /** The first to offer a name keeps it. */
  function whyRefused(agent: string, skill: SkillDocument): string | undefined {
    for (const [name, entry] of entries) {
      if (name !== agent && entry.skills.some((other) => other.name === skill.name)) {
        return `${name} offers a skill of this name already`;
      }
    }
    const version = `${skill.name} ${skill.version}`;
    const first = contracts.get(version) ?? skill.contractHash;
    if (first !== skill.contractHash) {
      return `version ${skill.version} was announced before with another contract: raise the version`;
    }
    contracts.set(version, first);
    return undefined;
  }

  return {
    take(hello, seenAt) {
      const judged = hello.skills.map((skill) => ({ skill, why: whyRefused(hello.name, skill) }));
      const skills = judged.flatMap(({ skill, why }) => (why === undefined ? [skill] : []));
      const refused = judged.flatMap(({ skill, why }) => (why === undefined ? [] : [{ skill: skill.name, why }]));
      const entry: Entry = {
        hello,
        skills,
        refused,
        revision: catalogueRevision(skills.filter(isForEverybody)),
        seenAt: seenAt?.getTime() ?? now(),
        intervalMs,
        running: 0,
        draining: false,
        heard: seenAt === undefined,
        missed: false,
      };
      entries.set(hello.name, entry);
      return view(entry);
    },
    beat({ name, id, revision, intervalMs: every, running, draining }) {
      const entry = entries.get(name);
      if (!entry?.heard || entry.hello.id !== id || entry.hello.revision !== revision) return false;
      entries.set(name, { ...entry, seenAt: now(), intervalMs: every, running, draining, missed: false });
      return true;
    },
    miss(name) {
      const entry = entries.get(name);
      if (entry) entries.set(name, { ...entry, missed: true });
    },
    get(name) {
      const entry = entries.get(name);
      return entry && view(entry);
    },
    all: () => [...entries.values()].map(view),
  };
}
