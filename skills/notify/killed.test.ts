// An agent is killed while it notifies, again and again: nothing is shown twice, and where nobody can know, that is said.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { contract } from './notify/contract.ts';
import { handler } from './notify/handler.ts';
import { missing, reconcileSkill, setUpNtfy } from './testing.ts';

const program = fileURLToPath(new URL('./killed-agent.ts', import.meta.url));
const notifications = 9;

const lineSchema = z.object({ noted: z.json().optional(), ended: z.boolean().optional() });
type Line = z.infer<typeof lineSchema>;

/** Lets an agent notify, and kills it so long after that was about to leave; undefined: not at all. */
async function runUntilDeath(argv: readonly string[], afterMs: number | undefined): Promise<Line> {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  let seen: Line = {};
  for await (const line of createInterface({ input: child.stdout })) {
    seen = { ...seen, ...lineSchema.parse(JSON.parse(line)) };
    if (afterMs !== undefined) void delay(afterMs).then(() => child.kill('SIGKILL'));
  }
  await exit;
  return seen;
}

describe.skipIf(missing !== undefined)('over ntfy', () => {
  const setUp = setUpNtfy();

  test('nothing is shown twice, and each that is done is there', { timeout: 240_000 }, async () => {
    const { url, topic, tokens, messages } = setUp.server();
    const outcomes: string[] = [];
    for (let n = 0; n < notifications; n += 1) {
      const [invocationId, text] = [`${randomUUID()}-1-1`, `notification ${n}`];
      const { noted, ended } = await runUntilDeath(
        [url, topic, tokens.agent, invocationId, text],
        n % 3 === 2 ? undefined : n * 3,
      );
      if (ended === true) outcomes.push('done');
      else {
        const options = { ...setUp, input: { text }, workspace: createSkillWorkspace({}), invocationId };
        outcomes.push((await reconcileSkill({ contract, handler }, { ...options, noted })).outcome);
      }
    }
    const held = (await messages()).map(({ message }) => message);
    const ends = outcomes.map(
      (outcome, n) => `${outcome} ${held.filter((text) => text === `notification ${n}`).length}`,
    );
    expect(ends.filter((end) => !['done 1', 'unknown 0', 'unknown 1'].includes(end))).toEqual([]);
    expect(ends.filter((end) => end === 'done 1').length).toBeGreaterThanOrEqual(notifications / 3);
  });
});
