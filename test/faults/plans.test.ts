// One skill gives a file and another takes it, while a process dies between them: the file is there whole, once.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, openBench } from '../../scripts/faults/load/bench.ts';
import { openStage, type Stage, workstation } from '../../scripts/faults/stage/stage.ts';

const content = 'buy milk\n'.repeat(50_000);

let stage: Stage;
let bench: Bench;
beforeAll(async () => {
  stage = await openStage({ gateways: 1, workstation: true, realRouter: true, gatewayEnv: { LEASE_MS: '1000' } });
  bench = await openBench(stage);
  mkdirSync(join(stage.workspace, 'notes'));
  writeFileSync(join(stage.workspace, 'notes/todo.txt'), content);
});
afterAll(() => stage?.close());

test.for([
  ['gateway', 'G4'],
  ['gateway', 'G5'],
  ['gateway', 'G7'],
  // Between the steps: what the first gave is known from the database alone.
  ['gateway', 'G8'],
  ['agent', 'A2'],
  ['agent', 'A4'],
] as const)('the %s dies at %s', { timeout: 60_000 }, async ([who, point]) => {
  const managed = who === 'gateway' ? stage.gateways[0] : stage.agents.find(({ name }) => name === workstation);
  if (managed === undefined) throw new Error('there is no such process');
  managed.setEnv({ SWITCHBOARD_CRASH_AT: point, SWITCHBOARD_CRASH_ONCE_FILE: join(stage.folder, randomUUID()) });
  await managed.kill();
  await managed.ready();
  const before = stage.deaths.length;
  const path = `kept/${point}.txt`;

  const { id } = await bench.post(await bench.api.createSession(), `save the file notes/todo.txt to ${path}`);
  const turn = await bench.end(id);

  expect(turn).toMatchObject({ state: 'completed' });
  expect(stage.deaths.slice(before).map(({ how }) => how)).toEqual(['SIGKILL']);
  const done = turn.steps.filter(({ state }) => state === 'succeeded');
  expect(done.map(({ step, skill }) => `${step} ${skill}`)).toEqual(['1 share-file', '2 save-file']);
  const others = turn.steps.filter(({ state }) => state !== 'succeeded').map(({ state }) => state);
  expect(others.filter((state) => state !== 'not-executed' && state !== 'interrupted')).toEqual([]);
  expect(readFileSync(join(stage.workspace, path), 'utf8')).toBe(content);
  expect(readdirSync(join(stage.workspace, 'kept')).filter((name) => name.startsWith('.'))).toEqual([]);
  managed.setEnv({});
});
