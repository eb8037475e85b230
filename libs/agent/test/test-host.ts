// A host on a folder of its own, without a bus.
import { join } from 'node:path';
import type { Skill } from '@switchboard/contract';
import { createLog } from '@switchboard/service';
import { openArtifacts } from '../src/artifacts.ts';
import { Host, type HostOptions } from '../src/host.ts';
import { hostSkills } from '../src/hosted-skills.ts';
import { Ledger, type LedgerOptions } from '../src/ledger.ts';
import { agentName } from './invocations.ts';
import { shellAdapter } from './test-skills.ts';

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
    progress: (_, { text }) => progress.push(text),
    onRefused: (_, { code }) => refused.push(code),
    onStuck: (id) => stuck.push(id),
    ...more,
  });
  return { host, ledger, refused, progress, stuck, close: () => ledger.close() };
}
