// Who calls, and from where: a bearer key that is looked up for every call, and hosts and origins that are ours.
import { type Scope, SwitchboardError, sha256 } from '@switchboard/contract';
import type { KeyHolder, Own } from '@switchboard/store';
import type { FastifyRequest } from 'fastify';
import type { AppDeps } from './deps.ts';

export interface Caller extends KeyHolder {
  /** All that they may read or change. */
  readonly own: Own;
}

/** Throws `unauthenticated` or `forbidden`. */
export async function authenticate(
  callers: AppDeps['callers'],
  request: FastifyRequest,
  scope: Scope,
): Promise<Caller> {
  const key = /^Bearer (\S{1,256})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (key === undefined) throw new SwitchboardError('unauthenticated', 'Send Authorization: Bearer <key>');
  const holder = await callers.keys.find(sha256(key));
  if (!holder) throw new SwitchboardError('unauthenticated', 'This key is wrong, expired or revoked');
  if (!holder.scopes.includes(scope)) throw new SwitchboardError('forbidden', `This key lacks the scope ${scope}`);
  return { ...holder, own: callers.of(holder.principalId) };
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** A page elsewhere must not reach us through the person's browser: neither by another name nor from another origin. */
export function createOriginCheck(host: string, publicHosts: readonly string[]): (request: FastifyRequest) => void {
  const anywhere = host === '0.0.0.0' || host === '::';
  const names = new Set([...loopback, host, ...publicHosts]);
  const known = (value: string): boolean => names.has(value.replace(/:\d+$/, '').toLowerCase());
  return (request) => {
    const { host: asked, origin } = request.headers;
    if (asked === undefined || (!known(asked) && !(anywhere && publicHosts.length === 0 && isAddress(asked)))) {
      throw new SwitchboardError('forbidden', 'This host name is not one of mine; see PUBLIC_HOSTS');
    }
    if (origin !== undefined && origin !== `http://${asked}` && origin !== `https://${asked}`) {
      throw new SwitchboardError('forbidden', 'Calls from pages of another origin are not taken');
    }
  };
}

/** A literal address cannot be rebound by a name server. */
function isAddress(value: string): boolean {
  return /^(\d{1,3}\.){3}\d{1,3}(:\d+)?$/.test(value) || /^\[[0-9a-f:]+\](:\d+)?$/i.test(value);
}
