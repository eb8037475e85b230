// One connection to the broker, as one user: checked for version, watched, and never silently buffering.
import { readFileSync } from 'node:fs';
import { connect, Events, type NatsConnection, nkeyAuthenticator } from 'nats';
import { createReplies, type Replies } from './replies.ts';

/** Below it `sync_interval` is unknown or a restart can lose a stream. */
export const serverVersionMin = '2.10.23';

export interface BusOptions {
  /** Of several servers that are one broker: all, with commas between them. */
  readonly url: string;
  /** The user's name: the prefix of its inbox and its `ce-source`. */
  readonly user: string;
  readonly seed: string;
  /** Certificate (PEM) of who vouches for the broker: it must speak TLS then. Default: TLS where the broker wants it. */
  readonly ca?: string | undefined;
  /** Do not hear what this very connection says. */
  readonly noEcho?: boolean;
  /** How long to wait for the first connection, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Told when the connection goes and comes; never throws. */
  readonly onState?: (connected: boolean) => void;
  /** Told what the broker refused this user (a permission). */
  readonly onRefused?: (message: string) => void;
}

export interface Link {
  readonly nc: NatsConnection;
  readonly connected: () => boolean;
  readonly replies: Replies;
}

function olderThan(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

async function watch(nc: NatsConnection, options: BusOptions, set: (connected: boolean) => void): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === Events.Disconnect) set(false);
    if (status.type === Events.Reconnect) set(true);
    if (status.type === Events.Error && status.permissionContext) {
      options.onRefused?.(`${status.permissionContext.operation} ${status.permissionContext.subject}`);
    }
  }
  set(false);
}

/** Throws when the broker cannot be reached in time, refuses the user, or is older than serverVersionMin. */
export async function openLink(options: BusOptions): Promise<Link> {
  const nc = await connect({
    servers: options.url.split(','),
    name: options.user,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(options.seed)),
    inboxPrefix: options.user === 'gateway' ? '_INBOX.gw' : `_INBOX.${options.user}`,
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    timeout: options.connectTimeoutMs ?? 10_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    noEcho: options.noEcho ?? false,
  });
  const version = nc.info?.version ?? '0.0.0';
  if (olderThan(version, serverVersionMin)) {
    await nc.close();
    throw new Error(`nats-server ${version} at ${options.url} is too old: ${serverVersionMin} or newer is needed`);
  }
  const replies = createReplies(nc);
  let connected = true;
  void watch(nc, options, (now) => {
    if (now === connected) return;
    connected = now;
    if (!now) replies.lost();
    options.onState?.(now);
  });
  return { nc, connected: () => connected && !nc.isClosed(), replies };
}

/** Reads a seed file. The error names the file. */
export function readSeed(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
