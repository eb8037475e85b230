// Why a files skill may refuse, in one wording for all of them.

/** Anything that is given a path. */
export const pathReasons = {
  'not-found': 'There is nothing at this path.',
  'not-folder': 'The path is, or leads through, a file where a folder is needed.',
  'path-escapes': 'The path leads out of the workspace, or over a link.',
  'bad-name': 'The path is too long or too deep, or holds characters that a name may not have.',
  'not-allowed': 'The system does not let the agent do this.',
} as const;

/** Anything that opens a file. */
export const fileReasons = {
  ...pathReasons,
  'is-folder': 'The path is a folder, and a file is needed.',
  'not-a-file': 'It is a device, a pipe or a socket, and not a file.',
} as const;

/** Anything that writes. */
export const writeReasons = {
  ...fileReasons,
  'no-space': 'The disk is full; nothing was changed.',
  'too-large': 'It is larger than the agent takes; nothing was changed.',
} as const;

export const binaryReason = { binary: 'The file does not hold text.' } as const;
export const changedReason = {
  changed: 'Another program changed the file at the same moment; nothing was done.',
} as const;
export const existsReason = { exists: 'There is something of that name already; nothing was changed.' } as const;
export const tooManyReason = { 'too-many': 'There is more in the folder than one call may look at.' } as const;
