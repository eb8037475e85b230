// Counts what became of the tests of a run, for the one line at its end.
import type { Reporter, TestModule } from 'vitest/node';

export class SummaryReporter implements Reporter {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** A file that could not be loaded, and an error outside of any test, count as one failed test each. */
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.passed = 0;
    this.failed = errors.length;
    this.skipped = 0;
    for (const module of modules) {
      if (module.errors().length > 0) this.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') this.passed++;
        else if (state === 'failed') this.failed++;
        else this.skipped++;
      }
    }
  }

  line(): string {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`;
  }
}
