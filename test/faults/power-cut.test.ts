// The power fails after a process died between a change and its sync: what its successor reports as done is still there.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CannotCutError, type CutDisks, mountCutDisks } from '../../scripts/faults/stage/cut-disks.ts';
import { settleWorkspace } from '../../services/agent-workstation/src/files/settle-workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-power-cut-'));
let disks: CutDisks | undefined;
beforeAll(async () => {
  disks = await mountCutDisks(folder, ['settled', 'unsettled']).catch((error: unknown) => {
    if (error instanceof CannotCutError) return undefined;
    throw error;
  });
});
afterAll(async () => {
  await disks?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a file skill leaves it that dies just after it gave its file the name. */
function dieBeforeSync(workspace: string): string {
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'staged'), 'done', { flush: true });
  const file = join(workspace, 'named');
  renameSync(join(workspace, 'staged'), file);
  return file;
}

test('a start makes last what a dead attempt did, and without it a power cut takes it', async ({ skip }) => {
  if (disks === undefined) return skip('disks that can be cut need root, loop devices and e2fsprogs');
  const settled = dieBeforeSync(join(disks.folderOf('settled'), 'workspace'));
  const unsettled = dieBeforeSync(join(disks.folderOf('unsettled'), 'workspace'));
  await settleWorkspace(join(disks.folderOf('settled'), 'workspace'));
  expect(await disks.cut([])).toEqual({ lost: 2, kept: 2 });
  expect(existsSync(settled)).toBe(true);
  expect(existsSync(unsettled)).toBe(false);
});
