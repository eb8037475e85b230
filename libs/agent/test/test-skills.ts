// Skills whose only effect is a line in a file, so that a test can count what happened.
import { execFile } from 'node:child_process';
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
import type { CapabilityAdapters } from '../src/index.ts';

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
  readonly path: string;
  act(line: string): void;
  lines(): string[];
}

export function worldAt(path: string): World {
  return {
    path,
    act: (line) => appendFileSync(path, `${line}\n`),
    lines: () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []),
  };
}

/** A promise and the function that settles it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** What a handler waits for that ends only when it is cut off. */
export function untilCutOff({ signal }: { readonly signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

const execute = [{ class: 'execute', on: 'shell' }] as const;

/** Commands, without a sandbox. */
export const shellAdapter: CapabilityAdapters = {
  shell: {
    execute: ({ signal }) => ({
      run: (argv, { folder, stdin }) =>
        new Promise((resolve, reject) => {
          const [program = '', ...rest] = argv;
          const child = execFile(program, rest, { cwd: folder, signal }, (error, stdout, stderr) => {
            if (error && typeof error.code !== 'number') return reject(error);
            const exitCode = typeof error?.code === 'number' ? error.code : 0;
            const sizes = { stdoutBytes: stdout.length, stderrBytes: stderr.length, durationMs: 0 };
            const output = { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
            resolve({ exitCode, signal: undefined, stopped: undefined, ...output, ...sizes });
          });
          child.stdin?.end(stdin);
        }),
    }),
  },
};

/**
 * One skill for each kind of `repeat`, named after it. `safe` only looks; the others have a command write the text to
 * the world, which takes a moment; `idempotent` does not write what is there already.
 */
export function repeatSkills(world: World): Skill[] {
  const act = (repeat: Repeat, more: Partial<Handler> = {}): Skill =>
    testSkill(
      repeat,
      async (ctx, { text }) => {
        const line = String(text);
        await ctx.note({ about: line });
        if (repeat === 'idempotent' && world.lines().includes(line)) return { text };
        const argv = ['sh', '-c', 'cat >> "$0"', world.path];
        const limits = { folder: '/', timeoutMs: 5_000, outputBytesMax: 1_000 };
        if (repeat !== 'safe') await ctx.shell.run(argv, { ...limits, stdin: `${line}\n` });
        return { text };
      },
      { repeat, ...(repeat === 'safe' ? {} : { effects: execute }), ...more },
    );
  const reconcile = async (_: unknown, { text }: Record<string, unknown>): Promise<Reconciled<{ text: unknown }>> =>
    world.lines().includes(String(text)) ? { outcome: 'done', output: { text } } : { outcome: 'not-done' };
  return [act('safe'), act('idempotent'), act('reconcilable', { reconcile }), act('once')];
}

/** What the agent process offers: repeatSkills, one that waits until it is canceled, one that stores an artifact. */
export function processSkills(world: World): Skill[] {
  const wait = testSkill('wait', async (ctx, { text }) => {
    world.act(`begun ${String(text)}`);
    return untilCutOff(ctx);
  });
  const store = testSkill(
    'store',
    async (ctx, { text }) => {
      ctx.progress('storing');
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < 5; index++) yield Buffer.alloc(100_000, `${String(text)}${index}`);
      };
      const artifact = await ctx.artifact({ name: 'large.txt', mediaType: 'text/plain', content: pieces() });
      return { text: artifact.id };
    },
    { repeat: 'safe' },
  );
  const notHere = testSkill('not-here', async (_, { text }) => ({ text }));
  return [...repeatSkills(world), wait, store, notHere];
}
