// What the tests of the shell skills share: the agent's own adapters over a real folder.
import { execFileSync } from 'node:child_process';
import { createFilesAdapter } from '@switchboard/agent-workstation/files';
import { createShellAdapter } from '@switchboard/agent-workstation/shell';
import type { SkillSetup } from '@switchboard/testkit/skill';

export { describeSkill, runSkill } from '@switchboard/testkit/skill';

/** A flood is stopped soon, so that its test is short. */
const limits = { outputBytesMax: 24 * 1024 ** 2 };

export const onShell: SkillSetup = {
  adapters: (workspace) => ({
    files: createFilesAdapter({ workspace }),
    shell: createShellAdapter({ workspace, sandbox: 'namespaces', limits }),
  }),
};

/** Whether this machine lets us make namespaces at all, asked of a program that is not ours. */
export const canSandbox = ((): boolean => {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', '--pid', '--fork', 'true']);
    return true;
  } catch {
    return false;
  }
})();
