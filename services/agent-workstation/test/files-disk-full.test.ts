// When the disk is full, or takes no changes, the refusal says so and everything is as it was.
import { fileURLToPath } from 'node:url';
import { hasSmallDisk, runOnSmallDisk } from '@switchboard/testkit/small-disk';
import { expect, test } from 'vitest';

test.skipIf(!hasSmallDisk())('a full disk refuses with no-space and leaves nothing half done', () => {
  const lines = runOnSmallDisk(fileURLToPath(new URL('./files-small-disk.ts', import.meta.url)))
    .trim()
    .split('\n');
  const whole = { left: [], half: 600_000 };
  const small = { left: [], half: 1000 };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { name: 'write', outcome: 'no-space', ...whole },
    { name: 'replace', outcome: 'no-space', ...whole },
    { name: 'update', outcome: 'no-space', ...whole },
    { name: 'copy a file', outcome: 'no-space', ...whole },
    { name: 'copy a folder', outcome: 'no-space', ...whole },
    { name: 'make folders', outcome: 'no-space', ...whole },
    { name: 'write a little', outcome: 'done', ...small },
    { name: 'write where nothing can be written', outcome: 'not-allowed', ...small },
    { name: 'remove where nothing can be written', outcome: 'not-allowed', ...small },
    { name: 'make a folder that is there', outcome: 'done', ...small },
  ]);
});
