// Builds the images, and starts the one deployment that the tests share; how long that took is what the first test judges.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { projectRoot, tempFolder } from '@switchboard/testkit';
import type { TestProject } from 'vitest/node';
import { docker } from './docker.ts';
import { firstTurn } from './first-turn.ts';
import { outerAddress } from './outer-address.ts';
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

/** As an owner would: one host that is not on the public internet, and that pages may come from. */
async function writeConfig(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const service of ['gateway', 'model', 'browser', 'messenger', 'business']) await mkdir(join(folder, service));
  const host = outerAddress();
  if (host !== undefined) await writeFile(join(folder, 'browser', 'settings.env'), `BROWSER_ALLOW_HOSTS=${host}\n`);
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  await docker(['compose', 'build', '--quiet'], { cwd: projectRoot, timeoutMs: buildMsMax });
  const config = await tempFolder();
  await writeConfig(config.path);
  const place = await newPlace({ env: { CONFIG: config.path } });
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
  return async () => {
    await stack.down();
    await config.remove();
  };
}
