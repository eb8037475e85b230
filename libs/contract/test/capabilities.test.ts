// What must not compile: a handler's hands hold what its contract declares, and nothing else.
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  type CapabilityEffect,
  defineContract,
  defineHandler,
  type FilesDestroy,
  type FilesRead,
  type FilesWrite,
  type Shell,
  type SkillContext,
  type SkillContextBase,
} from '../src/index.ts';

const shared = {
  version: '1.0.0',
  title: 'A skill',
  description: 'Does nothing.',
  tags: [],
  input: z.strictObject({ path: z.string() }),
  output: z.strictObject({ text: z.string() }),
  errors: {},
  ingests: 'trusted',
  timeoutMs: 1000,
  utterances: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
  examples: [],
  say: () => 'Done.',
} as const;

const reading = defineContract({ ...shared, name: 'look', effects: [{ class: 'read', on: 'files' }], repeat: 'safe' });
const changing = defineContract({
  ...shared,
  name: 'change',
  effects: [
    { class: 'read', on: 'files' },
    { class: 'write', on: 'files' },
    { class: 'execute', on: 'shell' },
  ],
  repeat: 'once',
});
const thinking = defineContract({ ...shared, name: 'think', effects: [], repeat: 'safe' });

test('ctx is computed from the effects', () => {
  type Reading = SkillContext<typeof reading.effects>;
  type Changing = SkillContext<typeof changing.effects>;
  type Thinking = SkillContext<typeof thinking.effects>;
  expectTypeOf<Reading['files']>().toEqualTypeOf<FilesRead>();
  expectTypeOf<Changing['files']>().toExtend<FilesRead & FilesWrite>();
  expectTypeOf<Changing['files']>().not.toExtend<FilesDestroy>();
  expectTypeOf<Changing['shell']>().toEqualTypeOf<Shell>();
  expectTypeOf<keyof Thinking>().toEqualTypeOf<keyof SkillContextBase>();
});

test('a skill that only reads cannot name anything else', () => {
  defineHandler(reading, {
    async run(ctx, { path }) {
      const { bytes } = await ctx.files.read(path, { bytesMax: 10 });
      // @ts-expect-error: write is not declared
      ctx.files.write;
      // @ts-expect-error: destructive is not declared
      ctx.files.remove;
      // @ts-expect-error: there is no shell
      ctx.shell;
      return { text: String(bytes.length) };
    },
  });
  defineHandler(thinking, {
    async run(ctx) {
      // @ts-expect-error: no effect, no capability
      ctx.files;
      return { text: '' };
    },
  });
});

test('an effect that no capability offers does not compile', () => {
  // @ts-expect-error: files cannot be executed
  const executeFiles: CapabilityEffect = { class: 'execute', on: 'files' };
  // @ts-expect-error: a shell cannot be read
  const readShell: CapabilityEffect = { class: 'read', on: 'shell' };
  // @ts-expect-error: there is no such capability
  const readMoon: CapabilityEffect = { class: 'read', on: 'moon' };
  expectTypeOf([executeFiles, readShell, readMoon]).toExtend<CapabilityEffect[]>();
});

test('input and output are those of the contract', () => {
  defineHandler(reading, {
    // @ts-expect-error: text must be a string
    async run() {
      return { text: 1 };
    },
  });
  defineHandler(reading, {
    async run(_ctx, input) {
      // @ts-expect-error: there is no such input
      return { text: input.folder };
    },
  });
  const example = { says: 'look', input: { folder: 'a' }, output: { text: '' } };
  // @ts-expect-error: an example must fit the input
  defineContract({ ...shared, name: 'look', effects: [], repeat: 'safe', examples: [example] });
});
