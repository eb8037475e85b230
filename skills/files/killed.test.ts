// An agent is killed in the middle of its effects, again and again: each ends up done once, and none is unknown.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { callsOf, contents } from './killed-calls.ts';
import { createSkillWorkspace, onFiles, reconcileSkill, runSkill, workspaceState } from './testing.ts';

const program = fileURLToPath(new URL('./killed-agent.ts', import.meta.url));
const rounds = 2;
const setup = { ...onFiles, contents };
const calls = callsOf(rounds);

const lineSchema = z.object({ step: z.int(), noted: z.json().optional(), ended: z.boolean().optional() });
type Line = z.infer<typeof lineSchema>;

/**
 * Lets an agent run from a step on until it dies in a later one: `during` the effect, when its note has been heard of, or
 * right `after` it, before anybody hears of its end.
 */
async function runUntilDeath(
  workspace: string,
  start: number,
  fatal: number,
  when: 'during' | 'after',
): Promise<Line[]> {
  const args = [program, workspace, `${rounds}`, `${start}`, when === 'after' ? `${fatal}` : ''];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const lines: Line[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const parsed = lineSchema.parse(JSON.parse(line));
    lines.push(parsed);
    if (when === 'during' && parsed.step === fatal) child.kill('SIGKILL');
  }
  await exit;
  return lines;
}

/** What the gateway does with an interrupted step: it has it looked at, and tried again only when it was not done. */
async function settle(workspace: string, { step, noted }: Line, outcomes: string[]): Promise<void> {
  const call = calls[step];
  if (call === undefined) throw new Error(`there is no step ${step}`);
  const { outcome } = await reconcileSkill(call.skill, { ...setup, input: call.input, workspace, noted });
  outcomes.push(outcome);
  if (outcome === 'not-done') {
    await runSkill(call.skill, { ...setup, input: call.input, workspace, invocationId: `${call.id}-2` });
  }
}

test('effects that are cut off are settled by looking', { timeout: 60_000 }, async () => {
  const workspace = createSkillWorkspace({});
  const outcomes: string[] = [];
  for (let step = 0, deaths = 0; step < calls.length; deaths += 1) {
    const when = deaths % 2 === 0 ? 'during' : 'after';
    const lines = await runUntilDeath(workspace, step, step + (deaths % 3), when);
    const last = lines.at(-1);
    if (last === undefined) throw new Error('the agent did not start');
    if (last.ended !== true) await settle(workspace, last, outcomes);
    step = last.step + 1;
  }
  expect(outcomes).toContain('done');
  expect(outcomes).toContain('not-done');
  expect(outcomes).not.toContain('unknown');
  const log = Array.from({ length: rounds }, (_, n) => `line ${n}\n`).join('');
  expect(readFileSync(join(workspace, 'log.txt'), 'utf8')).toBe(log);
  expect(readdirSync(join(workspace, 'copies'))).toEqual([]);
  for (let n = 0; n < rounds; n += 1) {
    const picture = readFileSync(join(workspace, `pictures/${n}/picture.png`));
    expect(Object.values(contents).map((whole) => picture.equals(whole))).toEqual([true]);
    const done = readFileSync(join(workspace, `done/${n}.txt`), 'utf8');
    expect([n, done.startsWith(`${n}\n`), done.includes('line'), done.includes(`word ${n} word`)]).toEqual([
      n,
      true,
      false,
      false,
    ]);
  }
  expect(Object.keys(workspaceState(workspace)).filter((path) => path.endsWith('.tmp'))).toEqual([]);
});
