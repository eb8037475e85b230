// A broken rule: where, and what to do about it.

export interface Violation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** One line each, as editors and terminals link them. */
export function report(violations: readonly Violation[]): string {
  return violations.map(({ file, line, message }) => `${file}:${line}  ${message}`).join('\n');
}
