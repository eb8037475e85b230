// An agent's own folder: locked, with its ledger and its artifacts.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Life } from '@switchboard/service';
import { type Artifacts, openArtifacts } from './artifacts.ts';
import { lockFolder } from './folder-lock.ts';
import { Ledger } from './ledger.ts';

export interface Volume {
  readonly ledger: Ledger;
  readonly artifacts: Artifacts;
  close(): Promise<void>;
}

/** Makes the folder when it is not there. Throws FolderTakenError, and what the file system throws. */
export async function openVolume(folder: string, instance: string, life: Life): Promise<Volume> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder);
  const ledger = await Ledger.open({
    path: join(folder, 'ledger.jsonl'),
    instance,
    onBroken: (error) => life.die('the ledger is broken', error),
    onRewriteFailed: (error) => life.log.warn({ err: error }, 'the ledger could not be rewritten'),
  });
  if (ledger.damaged > 0) life.log.warn({ lines: ledger.damaged }, 'the ledger had damaged lines');
  const artifacts = await openArtifacts(join(folder, 'artifacts'));
  return {
    ledger,
    artifacts,
    async close() {
      await ledger.close();
      unlock();
    },
  };
}
