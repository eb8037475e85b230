// What can be reached from other machines must have keys of its own: not only the one that opens everything.
import { isIP } from 'node:net';
import { SettingError } from '@switchboard/service';
import type { Keys } from '@switchboard/store';
import type { GatewayConfig } from '../config.ts';

const loopbackNames = new Set(['localhost', '::1', '::ffff:127.0.0.1']);

export function isLoopbackHost(host: string): boolean {
  return loopbackNames.has(host.toLowerCase()) || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Throws SettingError. */
export async function requirePrivate(
  { HOST: host, PUBLISHED_ON_LOOPBACK: publishedOnLoopback }: Pick<GatewayConfig, 'HOST' | 'PUBLISHED_ON_LOOPBACK'>,
  keys: Pick<Keys, 'anyMade'>,
): Promise<void> {
  if (isLoopbackHost(host) || publishedOnLoopback || (await keys.anyMade())) return;
  throw new SettingError(
    `HOST: ${host} can be reached from other machines, and there is no key for them but the owner's, which opens everything: start on 127.0.0.1, make one with \`npm run keys -- create\`, then set HOST`,
  );
}
