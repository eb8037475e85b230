// Programs in the sandbox, as a skill sees them.

export interface CommandResult {
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The limit that it was ended at, if it was. `disk`: it left too little free. */
  readonly stopped: 'time' | 'output' | 'processes' | 'memory' | 'disk' | undefined;
  /** The start of each, at most `outputBytesMax`: bytes, because a program may write anything. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** All that was written, including what is not in stdout and stderr. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly durationMs: number;
}

/** Running programs in the sandbox: no network, the workspace only, limits on time, memory, processes and output. */
export interface Shell {
  /**
   * `folder` is relative to the workspace. Resolves once nothing that it started runs any more; a non-zero exit is a
   * result, not an error. Throws SkillError `not-found` (no such program), `not-allowed` (not one that can be started),
   * `not-folder`, `path-escapes` or `too-large` (more than 128 KiB in one argument), SwitchboardError `unavailable` when
   * there is no sandbox, and the signal's reason when the call was cut off.
   */
  run(
    argv: readonly string[],
    options: { folder: string; stdin?: string; timeoutMs: number; outputBytesMax: number },
  ): Promise<CommandResult>;
}
