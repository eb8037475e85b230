// How much one command may use of the machine.

export interface ShellLimits {
  /** Processes and threads alive at a time. */
  readonly tasksMax: number;
  /** Of all processes together, what is not backed by files; and what one process may ask for. */
  readonly memoryBytesMax: number;
  /** Of the /tmp of its own that it has in namespaces, which is memory too, on top of `memoryBytesMax`. */
  readonly temporaryBytesMax: number;
  /** Of one file that it writes. */
  readonly fileBytesMax: number;
  /** Of one process. */
  readonly openFilesMax: number;
  /** Of stdout and stderr together, kept or not: past it the command is stopped. */
  readonly outputBytesMax: number;
  /** What it must leave free on a disk that it can fill; half of what is free at its start when that is less. */
  readonly diskBytesMin: number;
}

export const defaultLimits: ShellLimits = {
  tasksMax: 256,
  memoryBytesMax: 1024 ** 3,
  temporaryBytesMax: 256 * 1024 ** 2,
  fileBytesMax: 1024 ** 3,
  openFilesMax: 1024,
  outputBytesMax: 64 * 1024 ** 2,
  diskBytesMin: 512 * 1024 ** 2,
};
