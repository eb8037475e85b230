// On a full disk each skill that changes something says so, and has changed nothing.
import { fileURLToPath } from 'node:url';
import { hasSmallDisk, runOnSmallDisk } from '@switchboard/testkit/small-disk';
import { expect, test } from 'vitest';

test.skipIf(!hasSmallDisk())('a full disk is refused with no-space and leaves everything as it was', () => {
  const lines = runOnSmallDisk(fileURLToPath(new URL('./small-disk.ts', import.meta.url)))
    .trim()
    .split('\n');
  const refused = { reason: 'no-space', listed: true, changed: false };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { name: 'write-file', ...refused },
    { name: 'append-file', ...refused },
    { name: 'replace-text', ...refused },
    { name: 'copy-file', ...refused },
    { name: 'make-folder', ...refused },
    { name: 'move-file', ...refused },
  ]);
});
