// How a one-shot container ends: with what went wrong in one line, and 78 when the operator must change something.
import { SettingError } from '@switchboard/service';

/** Of sysexits.h: a setting that cannot be used. */
const unusable = 78;

function inOneLine(error: unknown): string {
  const said = error instanceof AggregateError ? error.errors.map(String).join('; ') : undefined;
  const text = said ?? (error instanceof Error ? error.message : String(error));
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

/** Runs `work` to its end, at most `msMax` long. */
export async function runOnce(work: () => Promise<void> | void, msMax: number): Promise<void> {
  setTimeout(() => {
    console.error(`switchboard: it did not end in ${msMax / 1000} s`);
    process.exit(1);
  }, msMax).unref();
  try {
    await work();
  } catch (error) {
    console.error(`switchboard: ${inOneLine(error)}`);
    process.exitCode = error instanceof SettingError ? unusable : 1;
  }
}
