// Skills whose only effect is a line in a file, so that a test can count what happened.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import {
  type CapabilityEffect,
  defineContract,
  type Reconciled,
  type Repeat,
  type Skill,
  type SkillContract,
  type SkillHandler,
} from '@switchboard/contract';
import { z } from 'zod';

const inputSchema = z.strictObject({ text: z.string().max(1000) });
const outputSchema = z.strictObject({ text: z.string() });
type Handler = SkillHandler<z.ZodObject, z.ZodObject, readonly CapabilityEffect[]>;
export type TestContract = SkillContract<typeof inputSchema, typeof outputSchema, readonly CapabilityEffect[]>;

/** A skill that takes `{text}` and returns `{text}`; everything else as the test needs it. */
export function testSkill(name: string, run: Handler['run'], more: Partial<TestContract & Handler> = {}): Skill {
  const { reconcile, ...contract } = more;
  const full = defineContract({
    name,
    version: '1.0.0',
    title: `Test ${name}`,
    description: 'For tests.',
    tags: [],
    input: inputSchema,
    output: outputSchema,
    errors: { 'no-such-thing': 'There is no such thing.' },
    effects: [],
    repeat: 'once',
    ingests: 'trusted',
    timeoutMs: 5_000,
    utterances: Array.from({ length: 8 }, (_, index) => `${name} {text} ${index}`),
    examples: [],
    say: ({ text }) => `It says ${text}.`,
    ...contract,
  });
  return { contract: full, handler: reconcile === undefined ? { run } : { run, reconcile } };
}

/** The world outside: a file that gets one line for every effect. */
export interface World {
  act(line: string): void;
  lines(): string[];
  holds(line: string): boolean;
}

export function worldAt(path: string): World {
  const lines = (): string[] => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []);
  return {
    act: (line) => appendFileSync(path, `${line}\n`),
    lines,
    holds: (line) => lines().includes(line),
  };
}

/** One skill for each kind of `repeat`, named after it, that acts on the world; `safe` only looks. */
export function repeatSkills(world: World): Skill[] {
  const act = (repeat: Repeat, more: Partial<Handler> = {}): Skill =>
    testSkill(
      repeat,
      async (ctx, { text }) => {
        if (repeat !== 'safe') {
          await ctx.note({ about: String(text) });
          world.act(String(text));
        }
        return { text };
      },
      { repeat, ...more },
    );
  const reconcile = async (_: unknown, { text }: Record<string, unknown>): Promise<Reconciled<{ text: unknown }>> =>
    world.holds(String(text)) ? { outcome: 'done', output: { text } } : { outcome: 'not-done' };
  return [act('safe'), act('idempotent'), act('reconcilable', { reconcile }), act('once')];
}
