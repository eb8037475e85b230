// A skill holds in its hands what it declared, and nothing else: for the compiler and at run time.
import { defineContract, defineHandler } from '@switchboard/contract';
import { expect, expectTypeOf, test } from 'vitest';
import { contract as readFile } from './read-file/contract.ts';
import { onFiles, runSkill } from './testing.ts';

const { utterances, ...rest } = readFile;
const contract = defineContract({ ...rest, utterances, examples: [], say: () => 'It tried.' });

test('a read-only skill can neither name nor find a way to write', async () => {
  const found: Record<string, unknown> = {};
  const handler = defineHandler(contract, {
    async run(ctx, { path }) {
      found['read'] = typeof ctx.files.read;
      // @ts-expect-error: writing is not declared
      found['write'] = typeof ctx.files.write;
      // @ts-expect-error: deleting is not declared
      found['remove'] = typeof ctx.files.remove;
      // @ts-expect-error: running programs is not declared
      found['shell'] = typeof ctx.shell;
      return { path, size: 0, text: '', truncated: false, lossy: false };
    },
  });
  await runSkill({ contract, handler }, { ...onFiles, input: { path: 'a.txt' } });
  expect(found).toEqual({ read: 'function', write: 'undefined', remove: 'undefined', shell: 'undefined' });
});

test('an effect that no capability offers does not compile', () => {
  expectTypeOf<'execute'>().not.toExtend<(typeof contract.effects)[number]['class']>();
  // @ts-expect-error: files cannot be executed
  expect(() => defineContract({ ...contract, effects: [{ class: 'execute', on: 'files' }] })).not.toThrow();
});
