// Inside the adapter everything fails as the kernel does, by errno; at its edge that becomes a reason a person understands.
import { SkillError, SwitchboardError } from '@switchboard/contract';

const refusals = {
  ENOENT: ['not-found', (path) => `There is no ${path} in the workspace.`],
  EISDIR: ['is-folder', (path) => `${path} is a folder, and a file is needed.`],
  ENOTDIR: ['not-folder', (path) => `${path} is not a folder, or leads through a file.`],
  EEXIST: ['exists', (path) => `${path} exists already; nothing was changed.`],
  ENOTEMPTY: ['not-empty', (path) => `The folder ${path} is not empty.`],
  EXDEV: ['path-escapes', (path) => `${path} does not lie in the workspace: give a path within it, parted by "/".`],
  ELOOP: ['path-escapes', (path) => `${path} is, or leads through, a symbolic link; links are not followed.`],
  EMLINK: ['path-escapes', (path) => `${path} is a hard link: the same file has another name elsewhere.`],
  ENAMETOOLONG: ['bad-name', (path) => `${path} is too long, too deep, or holds characters that a name may not have.`],
  EILSEQ: ['bad-name', (path) => `${path} holds characters that a name may not have here.`],
  EINVAL: ['bad-name', (path) => `${path} holds characters that a name may not have here.`],
  ENXIO: ['not-a-file', (path) => `${path} is a device, a pipe or a socket, and not a file.`],
  ENODEV: ['not-a-file', (path) => `${path} is a device, a pipe or a socket, and not a file.`],
  EACCES: ['not-allowed', (path) => `The system does not let the agent do this with ${path}.`],
  EPERM: ['not-allowed', (path) => `The system does not let the agent do this with ${path}.`],
  EROFS: ['not-allowed', (path) => `${path} lies on a disk that cannot be written to.`],
  EBUSY: ['not-allowed', (path) => `${path} is in use by the system.`],
  ENOSPC: ['no-space', (path) => `There is no space left for ${path}; nothing was changed.`],
  EDQUOT: ['no-space', (path) => `The disk quota leaves no space for ${path}; nothing was changed.`],
  EFBIG: ['too-large', (path) => `${path} is larger than the agent takes; nothing was changed.`],
  E2BIG: ['too-many', (path) => `${path} holds more, or is nested deeper, than one call may look at.`],
  ESTALE: ['changed', (path) => `Somebody else changed ${path} at the same moment; nothing was changed.`],
} as const satisfies Record<string, readonly [reason: string, say: (path: string) => string]>;

export type Errno = keyof typeof refusals;

/** A failure that the adapter found itself, in the kernel's terms. */
export function errno(code: Errno): Error & { code: Errno } {
  return Object.assign(new Error(code), { code });
}

export function hasCode(thrown: unknown, ...codes: string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));
}

/** Long or unprintable paths must not make the message itself unreadable. */
function shown(path: string): string {
  const printable = path.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  return printable.length > 200 ? `${printable.slice(0, 200)}…` : printable;
}

/** What is thrown at the adapter's edge; what has no reason passes unchanged, and becomes `internal` outside. */
export function toRefusal(thrown: unknown, path: string): unknown {
  if (thrown instanceof SwitchboardError || !(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const code = String(thrown.code);
  if (!Object.hasOwn(refusals, code)) return thrown;
  const [reason, say] = refusals[code as Errno];
  return new SkillError(reason, say(shown(path)), { cause: thrown });
}

export async function refusing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toRefusal(error, path);
  }
}

export async function* refusingEach<T>(path: string, items: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items();
  } catch (error) {
    throw toRefusal(error, path);
  }
}
