// The workstation: files and commands in one folder.
import { mkdirSync, realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  agentBasics,
  type CapabilityAdapters,
  runAgent,
  type Unavailable,
  withoutCapability,
} from '@switchboard/agent';
import { type Life, SettingError } from '@switchboard/service';
import { workstationSkills } from '@switchboard/skills/workstation';
import type { WorkstationConfig } from './config.ts';
import { createFilesAdapter } from './files/files-adapter.ts';
import { settleWorkspace } from './files/settle-workspace.ts';
import { chooseSandbox } from './shell/choose-sandbox.ts';
import { createShellAdapter } from './shell/shell-adapter.ts';

/** All of the program, the agent's and what it is made from. */
const program = fileURLToPath(new URL('../../..', import.meta.url));

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
  log: Life['log'],
): Promise<{ adapters: CapabilityAdapters; unavailable: Unavailable[] }> {
  const options = { workspace: config.WORKSPACE, hidden: [config.DATA_DIR, program] };
  const chosen = await chooseSandbox(options, config.SANDBOX);
  if (chosen.ok) {
    log.info({ sandbox: chosen.sandbox }, 'commands run in a sandbox that holds');
    return { adapters: { shell: createShellAdapter({ ...options, sandbox: chosen.sandbox }) }, unavailable: [] };
  }
  const why = `the sandbox for commands does not hold here: ${chosen.why}`;
  return { adapters: {}, unavailable: withoutCapability(workstationSkills, 'shell', why) };
}

export async function startWorkstation(config: WorkstationConfig, life: Life): Promise<void> {
  makeFolder('WORKSPACE', config.WORKSPACE);
  makeFolder('DATA_DIR', config.DATA_DIR);
  keepApart(config);
  await settleWorkspace(config.WORKSPACE);
  const shell = await shellAdapter(config, life.log);
  for (const { skill, why } of shell.unavailable) life.log.warn({ skill }, why);
  await runAgent({
    name: 'workstation',
    description: 'Files, folders and commands in one workspace.',
    version: '1.0.0',
    ...agentBasics(config),
    skills: workstationSkills,
    adapters: { files: createFilesAdapter({ workspace: config.WORKSPACE }), ...shell.adapters },
    unavailable: shell.unavailable,
    life,
  });
}
