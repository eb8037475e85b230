// Who calls, and from where: a bearer key that is looked up for every call, and hosts and origins that are ours.
import { allowedSkills, keyIdOf, opens, type ScopeKind, SwitchboardError, sha256 } from '@switchboard/contract';
import type { KeyHolder, Own, UsedKey } from '@switchboard/store';
import type { FastifyRequest } from 'fastify';
import type { Gate } from '../identity/gate.ts';
import { verifyKey } from '../identity/verify-key.ts';

export interface Caller extends KeyHolder, UsedKey {
  /** All that they may read or change. */
  readonly own: Own;
  /** The only skills that may run for them; null: every skill. */
  readonly allowedSkills: readonly string[] | null;
}

const refused = () => new SwitchboardError('unauthenticated', 'This key is wrong, expired or revoked');

/** The holder of the key that came. Throws `unauthenticated`, or `locked-out` before anything is looked up. */
async function holderOf({ callers, lockout }: Gate, { ip, headers }: FastifyRequest): Promise<KeyHolder & UsedKey> {
  const key = /^Bearer (\S{1,256})$/i.exec(headers.authorization ?? '')?.[1];
  if (key === undefined) throw new SwitchboardError('unauthenticated', 'Send Authorization: Bearer <key>');
  const keyId = keyIdOf(key);
  await lockout.admit(ip, keyId);
  const live = keyId === undefined ? undefined : await callers.keys.find(keyId);
  const right = verifyKey(key, live?.hashes ?? []);
  if (!live || !right) {
    const locked = await lockout.failed(ip, live?.keyId);
    if (locked) await callers.audit.append({ actor: 'gateway', action: 'locked-out', data: { ...locked } });
    throw refused();
  }
  await lockout.worked(ip, live.keyId);
  const { hashes: _, ...holder } = live;
  return { ...holder, keyHash: sha256(key) };
}

/**
 * One rule for all calls. 401: no key, or one that opens nothing (any more). 429: too many wrong ones, or too many calls.
 * 403: a good key, which this call is not for, whatever it is about. After that, what is not the caller's is 404, as if it
 * were not there, and what they see and may not do is 403.
 */
export async function authenticate(gate: Gate, request: FastifyRequest, asked: readonly ScopeKind[]): Promise<Caller> {
  const holder = await holderOf(gate, request);
  await gate.limitRequests(holder.principalId);
  if (!opens(holder.scopes, asked)) {
    throw new SwitchboardError('forbidden', `This key lacks the scope ${asked.join(' or ')}`);
  }
  const { keyId } = holder;
  const skills = allowedSkills(holder.scopes);
  return {
    ...holder,
    own: gate.callers.of(holder.principalId, { keyId, allowedSkills: skills }),
    allowedSkills: skills,
  };
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
