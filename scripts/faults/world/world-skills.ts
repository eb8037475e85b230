// One skill for each kind of `repeat`, whose whole effect is one count in the outside world under the key it is given.
import { setTimeout as delay } from 'node:timers/promises';
import type { CapabilityAdapters } from '@switchboard/agent';
import {
  type CapabilityEffect,
  type CommandResult,
  defineContract,
  type Repeat,
  type Skill,
  SkillError,
  type SkillHandler,
} from '@switchboard/contract';
import { z } from 'zod';
import type { World } from './world.ts';

export const worldAgent = 'world';
export const worldSkillOf = {
  safe: 'look-around',
  idempotent: 'put-flag',
  reconcilable: 'add-mark',
  once: 'ring-bell',
} as const satisfies Record<Repeat, string>;

const inputSchema = z.strictObject({ key: z.string().min(1).max(200), ms: z.int().min(0).max(60_000) });
const outputSchema = z.strictObject({ key: z.string(), count: z.int() });
const acting = [{ class: 'execute', on: 'shell' }] as const;

function contractOf(repeat: Repeat, version: string, timeoutMs: number) {
  const name = worldSkillOf[repeat];
  const effects: readonly CapabilityEffect[] = repeat === 'safe' ? [] : acting;
  return defineContract({
    name,
    version,
    title: name,
    description: `Acts on the outside world; it is ${repeat}.`,
    tags: [],
    input: inputSchema,
    output: outputSchema,
    errors: { 'not-found': 'There is nothing.' },
    effects,
    repeat,
    ingests: 'trusted',
    timeoutMs,
    utterances: Array.from({ length: 8 }, (_, index) => `${name} {key} ${index}`),
    examples: [],
    say: ({ key, count }) => `${key}: ${count}.`,
  });
}

/** The command line that the world understands instead of a shell. */
function shellOf(world: World): CapabilityAdapters {
  return {
    shell: {
      execute: () => ({
        async run([op, key = '']): Promise<CommandResult> {
          const count = await (op === 'put' ? world.put(key) : world.act(key));
          const stdout = Buffer.from(String(count));
          const nothing = { signal: undefined, stopped: undefined, stderr: new Uint8Array(), stderrBytes: 0 };
          return { exitCode: 0, stdout, stdoutBytes: stdout.length, durationMs: 0, ...nothing };
        },
      }),
    },
  };
}

type Shell = { readonly shell?: { run(argv: readonly string[], options: object): Promise<CommandResult> } };

/** The effect lies in the middle of the time that it takes, so that a death comes before it as often as after. */
function handlerOf(repeat: Repeat, world: World): SkillHandler {
  const run: SkillHandler['run'] = async (ctx, input) => {
    const { key, ms } = inputSchema.parse(input);
    const { shell }: Shell = ctx;
    await delay(ms / 2, undefined, { signal: ctx.signal });
    ctx.signal.throwIfAborted();
    if (repeat === 'safe') return { key, count: await world.look(key) };
    if (shell === undefined) throw new SkillError('not-found', 'No hands');
    const limits = { folder: '.', timeoutMs: 5_000, outputBytesMax: 100 };
    const done = await shell.run([repeat === 'idempotent' ? 'put' : 'act', key], limits);
    await delay(ms / 2, undefined, { signal: ctx.signal });
    return { key, count: Number(Buffer.from(done.stdout).toString()) };
  };
  if (repeat !== 'reconcilable') return { run };
  return {
    run,
    async reconcile(_, input) {
      const { key } = inputSchema.parse(input);
      const count = await world.look(key);
      return count > 0 ? { outcome: 'done', output: { key, count } } : { outcome: 'not-done' };
    },
  };
}

export interface WorldSkills {
  readonly skills: readonly Skill[];
  readonly adapters: CapabilityAdapters;
}

export function worldSkills(world: World, version: string, timeoutMs: number): WorldSkills {
  const repeats = Object.keys(worldSkillOf) as Repeat[];
  const skills = repeats.map((repeat) => ({
    contract: contractOf(repeat, version, timeoutMs),
    handler: handlerOf(repeat, world),
  }));
  return { skills, adapters: shellOf(world) };
}
