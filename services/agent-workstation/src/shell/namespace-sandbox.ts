// The sandbox of kernel namespaces: a root, processes and a network of the command's own (docs/adr/0005-command-sandbox.md).
import { launchCommand } from './launch-command.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';
import { environmentOf, sandboxWords, tasksWord } from './sandbox-words.ts';
import { usageInNamespace } from './usage.ts';

/** Throws TypeError on a machine whose system calls are not known. */
export function createNamespaceSandbox(options: SandboxOptions): Sandbox {
  const launch = {
    words: [
      ...sandboxWords('namespaces', options),
      `tmp=${options.limits.temporaryBytesMax}`,
      // It has a user of its own there, who runs nothing else.
      tasksWord(options.limits, 0),
    ],
    environment: environmentOf('/opt/switchboard/bin', '/tmp/home', '/tmp'),
    usage: usageInNamespace,
  };
  return { disks: [options.workspace], start: (request) => launchCommand(launch, request) };
}
