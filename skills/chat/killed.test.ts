// An agent is killed while it sends, again and again: no message is there twice, and where nobody can know, that is said.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSkillWorkspace } from '@switchboard/testkit/skill-workspace';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { contract } from './send-message/contract.ts';
import { handler } from './send-message/handler.ts';
import { missing, openChat, reconcileSkill, setUpProsody } from './testing.ts';

const program = fileURLToPath(new URL('./killed-agent.ts', import.meta.url));
const messages = 9;

const lineSchema = z.object({ noted: z.json().optional(), ended: z.boolean().optional() });
type Line = z.infer<typeof lineSchema>;

interface Sending {
  readonly service: string;
  readonly invocationId: string;
  readonly text: string;
}

/** Lets an agent send, and kills it so long after the message was about to leave; undefined: not at all. */
async function runUntilDeath({ service, invocationId, text }: Sending, afterMs: number | undefined): Promise<Line> {
  const child = spawn(process.execPath, [program, service, invocationId, text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

/** What the agent finds when it has been started again. */
async function lookInto({ service, invocationId, text }: Sending, { noted }: Line): Promise<string> {
  const chat = openChat(service);
  try {
    const input = { to: 'anna@example.org', text };
    const options = { ...chat, input, workspace: createSkillWorkspace({}), invocationId };
    return (await reconcileSkill({ contract, handler }, { ...options, noted })).outcome;
  } finally {
    await chat.close();
  }
}

describe.skipIf(missing !== undefined)('over Prosody', () => {
  const server = setUpProsody();

  test('no message is there twice, and each that is done is there', { timeout: 240_000 }, async () => {
    const { service } = server();
    const outcomes: string[] = [];
    for (let n = 0; n < messages; n += 1) {
      const sending = { service, invocationId: `${randomUUID()}-1-1`, text: `message ${n}` };
      const seen = await runUntilDeath(sending, n % 3 === 2 ? undefined : n * 2);
      outcomes.push(seen.ended === true ? 'done' : await lookInto(sending, seen));
    }
    const held = await server().archived('anna');
    const times = outcomes.map((_, n) => held.filter((text) => text === `message ${n}`).length);
    expect(times.filter((count) => count > 1)).toEqual([]);
    const ends = outcomes.map((outcome, n) => `${outcome} ${times[n]}`);
    expect(ends.filter((end) => !['done 1', 'unknown 0', 'unknown 1'].includes(end))).toEqual([]);
    expect(ends.filter((end) => end === 'done 1').length).toBeGreaterThanOrEqual(messages / 3);
  });
});
