// A host on a folder of its own, without a bus.
import { join } from 'node:path';
import type { Repeat, Skill } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { type TempFolder, tempFolder } from '@switchboard/testkit';
import { afterEach, beforeEach } from 'vitest';
import { openArtifacts } from '../src/artifacts.ts';
import { Host, type HostOptions } from '../src/host.ts';
import { hostSkills } from '../src/hosted-skills.ts';
import { Ledger, type LedgerOptions } from '../src/ledger.ts';
import { agentName } from './invocations.ts';
import { gate, repeatSkills, shellAdapter, testSkill, type World, worldAt } from './test-skills.ts';

export interface TestHost {
  readonly host: Host;
  readonly ledger: Ledger;
  /** Codes of what was refused, for the audit. */
  readonly refused: string[];
  readonly progress: string[];
  readonly stuck: string[];
  close(): Promise<void>;
}

interface TestHostOptions extends Partial<HostOptions> {
  readonly open?: LedgerOptions['open'];
}

/** Opened on the folder of an earlier one it is what that one becomes after a restart. */
export async function testHost(
  folder: string,
  skills: readonly Skill[],
  { open, ...more }: TestHostOptions = {},
): Promise<TestHost> {
  const refused: string[] = [];
  const progress: string[] = [];
  const stuck: string[] = [];
  const log = createLog('test', 'silent');
  const fail = (error: unknown): never => {
    throw error;
  };
  const ledger = await Ledger.open({
    path: join(folder, 'ledger.jsonl'),
    instance: 'test',
    onBroken: fail,
    onRewriteFailed: fail,
    ...(open === undefined ? {} : { open }),
  });
  const adapters = more.adapters ?? shellAdapter;
  const host = new Host({
    agent: agentName,
    skills: hostSkills(skills, adapters).byName,
    adapters,
    ledger,
    artifacts: await openArtifacts(join(folder, 'artifacts')),
    concurrency: 4,
    log,
    now: Date.now,
    content: () => () => {
      throw new Error('no invocation of these names an artifact');
    },
    progress: (_, { text }) => progress.push(text),
    onRefused: (_, { code }) => refused.push(code),
    onStuck: (id) => stuck.push(id),
    ...more,
  });
  return { host, ledger, refused, progress, stuck, close: () => ledger.close() };
}

/** A skill that says when it has begun, and acts on the world and ends when it is let. */
export interface HeldSkill {
  readonly skill: Skill;
  readonly begun: Promise<void>;
  readonly end: () => void;
}

export interface HostBench {
  /** A host on the folder of this test; a second one is what the first becomes after a restart. */
  start(skills: readonly Skill[], more?: TestHostOptions): Promise<TestHost>;
  world(): World;
  held(more?: Parameters<typeof testSkill>[2]): HeldSkill;
  /** A skill that acts on the world, of this kind. */
  acting(repeat: Repeat): Skill;
}

/** For a file of tests: a new folder and a new world for each. */
export function hostBench(): HostBench {
  const hosts: TestHost[] = [];
  let folder: TempFolder;
  beforeEach(async () => {
    folder = await tempFolder();
  });
  afterEach(async () => {
    for (const made of hosts.splice(0)) await made.close();
    await folder.remove();
  });
  const world = (): World => worldAt(join(folder.path, 'world'));
  return {
    world,
    async start(skills, more) {
      const made = await testHost(folder.path, skills, more);
      hosts.push(made);
      return made;
    },
    held(more) {
      const begun = gate();
      const end = gate();
      const skill = testSkill(
        'held',
        async (_, { text }) => {
          begun.open();
          await end.opened;
          world().act(String(text));
          return { text };
        },
        more,
      );
      return { skill, begun: begun.opened, end: end.open };
    },
    acting(repeat) {
      const skill = repeatSkills(world()).find(({ contract }) => contract.repeat === repeat);
      if (skill === undefined) throw new Error(repeat);
      return skill;
    },
  };
}
