// The sandbox of Landlock, for where no namespaces can be made: the command sees the system, and may touch next to nothing of it.
import { randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchCommand } from './launch-command.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { environmentOf, sandboxWords, tasksWord } from './sandbox-words.ts';
import { tasksOf, usageBeneath } from './usage.ts';

/** For what the same user starts meanwhile, other commands above all: the kernel counts them together. */
const spareTasks = 64;

/** Throws TypeError on a machine whose system calls are not known. */
export function createLandlockSandbox(options: SandboxOptions): Sandbox {
  const fixed = sandboxWords('landlock', options);
  return {
    disks: [options.workspace, tmpdir()],
    async start(request) {
      // Made and taken away by the launcher, so that it is gone even when the agent is.
      const own = join(realpathSync(tmpdir()), `switchboard-command-${randomUUID()}`);
      const user = process.getuid?.() || statSync(options.workspace).uid;
      const launch = {
        words: [...fixed, `private=${own}`, tasksWord(options.limits, tasksOf(user) + spareTasks)],
        environment: {
          ...environmentOf(join(own, 'bin'), join(own, 'home'), join(own, 'tmp')),
          // git gives up over a system-wide configuration that is there and may not be read.
          GIT_CONFIG_NOSYSTEM: '1',
        },
        usage: usageBeneath,
      };
      return await launchCommand(launch, request);
    },
  };
}
