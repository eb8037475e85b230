// A1 to A5: the agent process dies at each point, is started again, and is asked what became of it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Repeat, repeats } from '@switchboard/contract';
import { waitUntil } from '@switchboard/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invocation } from './invocations.ts';
import { type AgentBench, type AgentProcess, agentBench } from './start-agent.ts';
import { repeatSkills, worldAt } from './test-skills.ts';

const skills = repeatSkills(worldAt(''));
const points = ['A1', 'A2', 'A3', 'A4', 'A5'] as const;

/** What `status` must answer after the restart, and the effects that may have happened by then. */
const outcomes: Record<(typeof points)[number], { status: string; effects: readonly number[] }> = {
  A1: { status: 'not-seen', effects: [0] },
  A2: { status: 'interrupted', effects: [0] },
  A3: { status: 'interrupted', effects: [0, 1] },
  A4: { status: 'interrupted', effects: [1] },
  A5: { status: 'done', effects: [1] },
};

let bench: AgentBench;
beforeAll(async () => {
  bench = await agentBench(repeats);
});
afterAll(() => bench.stop());

const running = new Map<string, AgentProcess>();
async function end(agent: string): Promise<void> {
  running.get(agent)?.child.kill('SIGKILL');
  await running.get(agent)?.gone;
}

/** Kills the agent at a point in the middle of an invocation, starts it again, and returns what it needs to be asked. */
async function dieAt(point: string, repeat: Repeat) {
  await end(repeat);
  const text = `${point} ${repeat}`;
  const skill = skills.find(({ contract }) => contract.repeat === repeat);
  if (skill === undefined) throw new Error(repeat);
  const DATA_DIR = join(bench.folder.path, text);
  await mkdir(DATA_DIR);
  const AGENT = repeat;
  const crash = { SWITCHBOARD_CRASH_AT: point, SWITCHBOARD_CRASH_ONCE_FILE: join(DATA_DIR, 'crashed') };
  const first = await bench.start({ AGENT, DATA_DIR, ...crash });
  const message = invocation(skill, text, { agent: repeat });
  bench.invoke(message).catch(() => 'lost with the agent');
  expect(await first.gone).toBe('SIGKILL');
  running.set(repeat, await bench.start({ AGENT, DATA_DIR, ...crash }));
  const effects = (): number => bench.world.lines().filter((line) => line === text).length;
  return { skill, message, effects };
}

describe.each(points)('%s', (point) => {
  it.concurrent.each(repeats.filter((repeat) => repeat !== 'safe'))('%s', async (repeat) => {
    const { skill, message, effects } = await dieAt(point, repeat);
    const expected = outcomes[point];
    expect(await bench.status(message)).toMatchObject({ state: expected.status });
    expect(expected.effects).toContain(effects());

    // What the gateway does then: the same id never runs again; a new one may, where the contract allows it.
    await bench.invoke(message).catch(() => undefined);
    const before = effects();
    if (expected.status === 'not-seen' || (expected.status === 'interrupted' && repeat === 'idempotent')) {
      const again = invocation(skill, String(message.input['text']), { agent: repeat });
      expect((await bench.invoke(again)).state).toBe('done');
      expect(effects()).toBe(1);
    } else if (repeat === 'reconcilable') {
      // The dead agent's command may still be on its way.
      if (point === 'A3') await waitUntil('the command has ended', () => effects() === 1, 2_000).catch(() => undefined);
      const found = effects() === 1 ? 'done' : 'not-done';
      expect(await bench.reconcile(message)).toMatchObject({ state: point === 'A5' ? 'done' : found });
      expect((await bench.status(message)).state).toBe(found === 'done' ? 'done' : 'interrupted');
    } else {
      expect(effects()).toBe(before);
    }
  });
});

it('a safe skill leaves nothing behind: it may be done again', async () => {
  const { message, skill } = await dieAt('A5', 'safe');
  expect(await bench.status(message)).toMatchObject({ state: 'not-seen' });
  expect((await bench.invoke(invocation(skill, 'again', { agent: 'safe' }))).state).toBe('done');
});

it('F10: a file system that takes no more: refused before the effect, by a process that lives on', async () => {
  const once = skills.find(({ contract }) => contract.repeat === 'once');
  if (once === undefined) throw new Error('no skill');
  const DATA_DIR = join(bench.folder.path, 'full');
  await end('once');
  const agent = await bench.start({ AGENT: 'once', DATA_DIR }, ['prlimit', '--fsize=3000']);
  const done: string[] = [];
  let refusal: unknown;
  for (let index = 0; index < 20 && refusal === undefined; index++) {
    const text = `full ${index}`;
    const reply = await bench.invoke(invocation(once, text, { agent: 'once' }));
    if (reply.state === 'done') done.push(text);
    else refusal = reply;
  }
  expect(refusal).toMatchObject({ state: 'refused', error: { code: 'unavailable' } });
  expect(done.length).toBeGreaterThan(1);
  expect(bench.world.lines().filter((line) => line.startsWith('full '))).toEqual(done);
  expect(agent.child.exitCode).toBeNull();
  agent.child.kill('SIGKILL');
  await agent.gone;
});
