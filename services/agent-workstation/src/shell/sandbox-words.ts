// What every sandbox tells sandbox.pl: where it works, what a command may use and which system calls it may not make.
import type { ShellLimits } from './limits.ts';
import type { SandboxKind, SandboxOptions } from './sandbox.ts';
import { isMachine, systemCallFilter } from './system-call-filter.ts';

/** A command gives way to the services beside it. */
const niceness = 5;
/** Numbers of getrlimit(2) resources, the same on every processor that system-call-filter knows. */
const resources = { fileBytes: 1, dataBytes: 2, coreBytes: 4, tasks: 6, openFiles: 7 };

const systemPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

/** The whole environment of a command; `programs` is the folder of the JavaScript runtime. */
export function environmentOf(programs: string, home: string, temporary: string) {
  return { PATH: `${programs}:${systemPath}`, HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8' };
}

/** Throws TypeError on a machine whose system calls are not known. */
export function sandboxWords(kind: SandboxKind, { workspace, node, hidden, limits }: SandboxOptions): string[] {
  if (process.platform !== 'linux' || !isMachine(process.arch)) {
    throw new TypeError(`no sandbox is known for ${process.platform} on ${process.arch}`);
  }
  return [
    `fence=${kind}`,
    `machine=${process.arch}`,
    `workspace=${workspace}`,
    `node=${node}`,
    `nice=${niceness}`,
    `filter=${systemCallFilter(process.arch, kind).toString('hex')}`,
    `limit=${resources.fileBytes}:${limits.fileBytesMax}`,
    `limit=${resources.dataBytes}:${limits.memoryBytesMax}`,
    `limit=${resources.coreBytes}:0`,
    `limit=${resources.openFiles}:${limits.openFilesMax}`,
    ...hidden.map((folder) => `hidden=${folder}`),
  ];
}

/**
 * The kernel counts by user: `beside` is what the command's user runs already. Above what the agent stops a command at,
 * because a fork bomb is to be ended, not to run against a wall until its time is over.
 */
export function tasksWord(limits: ShellLimits, beside: number): string {
  return `limit=${resources.tasks}:${2 * limits.tasksMax + beside}`;
}
