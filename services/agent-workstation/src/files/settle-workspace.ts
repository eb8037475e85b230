// What an attempt that died had done without syncing it must last before anybody is told that it was done.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const syncMsMax = 120_000;

/**
 * To be called before the first reconciliation: what is seen in the workspace from then on is on the disk, whoever made
 * it. Node cannot ask for syncfs(2), so sync(1) does. Throws when the disk does not take it in time. May be called again.
 */
export async function settleWorkspace(workspace: string): Promise<void> {
  await run('sync', ['-f', workspace], { timeout: syncMsMax });
}
