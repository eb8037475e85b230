// One Switchboard a home: a second one on the same data would be chaos, so it does not start.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { sha256 } from '@switchboard/contract';
import { SettingError } from './settings.ts';

/**
 * Holds the lock until this process ends, however it ends: a socket in the kernel's abstract name space leaves nothing
 * behind. Throws SettingError.
 */
export async function lockHome(home: string): Promise<void> {
  const lock = createServer();
  try {
    lock.listen(`\0switchboard-${sha256(home).slice(0, 32)}`);
    await once(lock, 'listening');
    lock.unref();
  } catch {
    throw new SettingError(`SWITCHBOARD_HOME: another Switchboard runs on ${home}`);
  }
}
