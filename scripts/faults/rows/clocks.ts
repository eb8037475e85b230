// F12: a process whose clock is an hour wrong may get nothing done; it does nothing twice, and says nothing untrue.
import { join } from 'node:path';
import { waitUntilKnown } from '../load/api.ts';
import type { ManagedProcess } from '../stage/managed-process.ts';
import { stormOn } from '../storm/run-storm.ts';
import type { Row } from './row.ts';

const hourMs = 3_600_000;
const preload = join(import.meta.dirname, '../clock/shifted-process.ts');

async function restart(managed: ManagedProcess, env: Readonly<Record<string, string>>): Promise<void> {
  managed.setEnv(env);
  await managed.kill();
  await managed.ready();
}

export const clocksRow: Row = {
  id: 'F12',
  title: 'a clock that is an hour wrong, in each process in turn: nothing doubled, nothing untrue',
  async run({ options, stage }) {
    const on = await stage();
    const broken: string[] = [];
    const figures: Record<string, string> = {};
    for (const managed of [...on.gateways.slice(0, 1), on.router, ...on.agents.slice(0, 1)]) {
      for (const hours of [1, -1]) {
        const name = `${managed.name} ${hours > 0 ? '+' : ''}${hours} h`;
        await restart(managed, { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_MS: String(hours * hourMs) });
        await waitUntilKnown(on);
        const { checks, evidence } = await stormOn(on, {
          prefix: `f12-${managed.name}${hours}-`,
          seed: `${options.seed} ${name}`,
          turns: 40,
          sessions: 10,
          faults: 0,
          spanMs: 2_000,
          quietMs: 60_000,
          skillMsMax: 100,
        });
        // What is late by its own clock is refused: liveness is not what is promised here.
        const wrong = checks.filter((check) => check.name !== 'ends').flatMap((check) => check.broken.slice(0, 2));
        broken.push(...wrong.map((what) => `${name}: ${what}`));
        const completed = evidence.facts.filter(({ ends }) => ends[0] === 'completed').length;
        figures[name] = `${completed} of ${evidence.facts.length} completed`;
      }
      await restart(managed, {});
      await waitUntilKnown(on);
    }
    return { broken, figures };
  },
};
