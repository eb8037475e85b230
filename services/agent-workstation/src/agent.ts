// The workstation: files and commands in one folder.
import { mkdirSync, realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { type CapabilityAdapters, runAgent, type Unavailable } from '@switchboard/agent';
import { createVerifier } from '@switchboard/bus';
import { type Life, SettingError } from '@switchboard/service';
import { workstationSkills } from '@switchboard/skills/workstation';
import type { WorkstationConfig } from './config.ts';
import { createFilesAdapter } from './files/files-adapter.ts';
import { settleWorkspace } from './files/settle-workspace.ts';
import { probeSandbox } from './shell/probe-sandbox.ts';
import { createShellAdapter } from './shell/shell-adapter.ts';

function makeFolder(setting: string, path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SettingError(`${setting}: ${error instanceof Error ? error.message : error}`);
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way.startsWith('..') || isAbsolute(way));
}

/** A skill that could reach the ledger could make the agent forget what it has done. */
function keepApart({ WORKSPACE, DATA_DIR }: WorkstationConfig): void {
  const [workspace, data] = [realpathSync(WORKSPACE), realpathSync(DATA_DIR)];
  if (isWithin(workspace, data) || isWithin(data, workspace)) {
    throw new SettingError(`WORKSPACE ${workspace} and DATA_DIR ${data} must not lie in one another`);
  }
}

/** Without a sandbox that holds, commands are not run at all. */
async function shellAdapter(
  config: WorkstationConfig,
): Promise<{ adapters: CapabilityAdapters; unavailable: Unavailable[] }> {
  const options = { workspace: config.WORKSPACE, hidden: [config.DATA_DIR] };
  const probed = await probeSandbox(options);
  if (probed.ok) return { adapters: { shell: createShellAdapter(options) }, unavailable: [] };
  const needing = workstationSkills.filter(({ contract }) => contract.effects.some(({ on }) => on === 'shell'));
  const why = `the sandbox for commands does not hold here: ${probed.why}`;
  return { adapters: {}, unavailable: needing.map(({ contract }) => ({ skill: contract.name, why })) };
}

export async function startWorkstation(config: WorkstationConfig, life: Life): Promise<void> {
  makeFolder('WORKSPACE', config.WORKSPACE);
  makeFolder('DATA_DIR', config.DATA_DIR);
  keepApart(config);
  await settleWorkspace(config.WORKSPACE);
  const shell = await shellAdapter(config);
  for (const { skill, why } of shell.unavailable) life.log.warn({ skill }, why);
  await runAgent({
    name: 'workstation',
    description: 'Files, folders and commands in one workspace.',
    version: '1.0.0',
    bus: { url: config.NATS_URL, seed: config.BUS_SEED },
    verifier: createVerifier(config.GATEWAY_PUBLIC_KEY),
    skills: workstationSkills,
    adapters: { files: createFilesAdapter({ workspace: config.WORKSPACE }), ...shell.adapters },
    unavailable: shell.unavailable,
    dataDir: config.DATA_DIR,
    concurrency: config.CONCURRENCY,
    life,
  });
}
