// Builds the images, and starts the one deployment that the tests share; how long that took is what the first test judges.
import { performance } from 'node:perf_hooks';
import { projectRoot } from '@switchboard/testkit';
import type { TestProject } from 'vitest/node';
import { docker } from './docker.ts';
import { firstTurn } from './first-turn.ts';
import { newPlace, openStack, type StackPlace } from './stack.ts';

const buildMsMax = 15 * 60_000;

declare module 'vitest' {
  export interface ProvidedContext {
    shared: StackPlace;
    /** From `up`, with the images present, to the answer of the first turn. */
    firstTurnSeconds: number;
  }
}

/** What a killed run left behind. */
async function sweep(): Promise<void> {
  const listed = await docker(['ps', '-a', '--format', '{{.Label "com.docker.compose.project"}}']);
  const left = new Set(listed.split('\n').filter((name) => name.startsWith('switchboard-test-')));
  for (const project of left) await docker(['compose', '-p', project, 'down', '-v', '-t', '1', '--remove-orphans']);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  await docker(['compose', 'build', '--quiet'], { cwd: projectRoot, timeoutMs: buildMsMax });
  const place = await newPlace();
  const stack = openStack(place);
  const started = performance.now();
  try {
    await stack.up();
    await firstTurn(await stack.client());
  } catch (error) {
    const said = await stack.tryCompose(['logs', '--no-color', '--tail', '40']);
    await stack.down();
    throw new Error(`the deployment does not start: ${said.stdout}`, { cause: error });
  }
  project.provide('firstTurnSeconds', (performance.now() - started) / 1_000);
  project.provide('shared', place);
  return () => stack.down();
}
