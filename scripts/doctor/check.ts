// One thing that can be wrong with a deployment: looked at within its time, told with what mends it.

export type State = 'ok' | 'warning' | 'failed' | 'skipped';

export interface Finding {
  readonly state: State;
  /** What was seen, in one line. */
  readonly what: string;
  /** What the operator can do, a line for each way; only where something is to be done. */
  readonly mend?: string;
}

export interface Check {
  /** Stays as it is: programs look for it. */
  readonly id: string;
  /** What is looked at, for the reference. */
  readonly about: string;
  look(): Promise<Finding> | Finding;
}

export interface Checked extends Finding {
  readonly id: string;
}

const lookMsMax = 1_500;

export const ok = (what: string): Finding => ({ state: 'ok', what });
export const warning = (what: string, mend: string): Finding => ({ state: 'warning', what, mend });
export const failed = (what: string, mend: string): Finding => ({ state: 'failed', what, mend });
export const skipped = (what: string): Finding => ({ state: 'skipped', what });

async function within(check: Check): Promise<Finding> {
  const { promise: late, resolve } = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => resolve(failed('it did not answer in time', 'see the logs')), lookMsMax);
  try {
    return await Promise.race([late, Promise.resolve(check.look())]);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), 'see the logs');
  } finally {
    clearTimeout(timer);
  }
}

/** All at once, each within 1.5 s; in the order in which they are listed. Never throws. */
export function runChecks(checks: readonly Check[]): Promise<Checked[]> {
  return Promise.all(checks.map(async (check) => ({ id: check.id, ...(await within(check)) })));
}

const marks = { ok: '✓', warning: '!', failed: '✗', skipped: '·' } as const;

export function asText(found: readonly Checked[]): string {
  const width = Math.max(...found.map(({ id }) => id.length));
  const lines = found.map(({ id, state, what, mend }) => {
    const line = `  ${marks[state]} ${id.padEnd(width)}  ${what}`;
    const ways = mend?.split('\n').map((way) => `    ${' '.repeat(width)}→ ${way}`) ?? [];
    return [line, ...ways].join('\n');
  });
  const count = (state: State): number => found.filter((one) => one.state === state).length;
  const sum = `${count('ok')} ok, ${count('warning')} to look at, ${count('failed')} wrong, ${count('skipped')} not looked at`;
  return [...lines, '', sum].join('\n');
}

export const isSound = (found: readonly Checked[]): boolean => found.every(({ state }) => state !== 'failed');
