// Runs the steps of the check, some at a time, and says one line about each.

export type Outcome =
  | { readonly state: 'passed' }
  | { readonly state: 'skipped'; readonly output: string }
  | { readonly state: 'failed'; readonly output: string };

export interface Step {
  readonly name: string;
  /** What it throws fails the step. */
  run(): Promise<Outcome>;
}

export interface StepResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const marks = { passed: '✓', failed: '✗', skipped: '-' };

async function runStep({ name, run }: Step): Promise<StepResult> {
  const started = performance.now();
  const outcome = await run().catch((error: unknown): Outcome => {
    return { state: 'failed', output: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  });
  return { name, outcome, seconds: (performance.now() - started) / 1000 };
}

/** At most `atOnce` at a time, in the order given; resolves to what became of each, in that order. */
export async function runSteps(
  steps: readonly Step[],
  options: { readonly atOnce: number; readonly say: (line: string) => void },
): Promise<StepResult[]> {
  const results = new Map<string, StepResult>();
  const waiting = [...steps];
  const width = Math.max(...steps.map(({ name }) => name.length));
  async function work(): Promise<void> {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await runStep(step);
      results.set(step.name, result);
      options.say(`  ${marks[result.outcome.state]} ${step.name.padEnd(width)}  ${result.seconds.toFixed(1)} s`);
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, work));
  return steps.flatMap(({ name }) => results.get(name) ?? []);
}

/** What did not pass says why; the last line counts: `N passed, N failed, N skipped`. */
export function summary(results: readonly StepResult[]): string {
  const count = (state: Outcome['state']): number => results.filter(({ outcome }) => outcome.state === state).length;
  const told = results.flatMap(({ name, outcome }) =>
    outcome.state === 'passed' ? [] : [`\n${name} ${outcome.state}:\n${outcome.output.trimEnd()}`],
  );
  return [...told, `\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`].join('\n');
}
