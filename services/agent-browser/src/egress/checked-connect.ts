// Connects to a host, and only ever to an address of it that has been checked.
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { whyRefused } from './address-guard.ts';
import type { AllowedHosts, Target } from './allowed-hosts.ts';
import { EgressError } from './egress-error.ts';

const resolveMsMax = 10_000;
const connectMsMax = 15_000;

/** All addresses of a name. Rejects when it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface Way {
  readonly resolve: Resolve;
  readonly allowed: AllowedHosts;
}

/** As every program of this machine resolves a name, the hosts file included. */
export const resolveAsSystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

async function addressesOf({ host }: Target, resolve: Resolve): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const late = AbortSignal.timeout(resolveMsMax);
  const lateness = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true });
  });
  try {
    const addresses = await Promise.race([resolve(host), lateness]);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw new EgressError('not-found', `No address was found for the name ${host}.`, { cause });
  }
  throw new EgressError('not-found', `The name ${host} has no address.`);
}

/** Throws EgressError `not-found` or `refused`. One private address among several spoils all: a page could pick it. */
async function checkedAddresses(target: Target, { resolve, allowed }: Way): Promise<readonly string[]> {
  const addresses = await addressesOf(target, resolve);
  if (allowed(target)) return addresses;
  for (const address of addresses) {
    const why = whyRefused(address);
    if (why === undefined) continue;
    const named = address === target.host ? address : `${target.host} (${address})`;
    throw new EgressError('refused', `${named} is not on the public internet: ${why}.`);
  }
  return addresses;
}

/**
 * The name is resolved once, here, and the socket gets the addresses that were found and checked: an answer that changes
 * afterwards changes nothing. Throws EgressError.
 */
export async function connectChecked(target: Target, way: Way): Promise<Socket> {
  const addresses = await checkedAddresses(target, way);
  const { host, port } = target;
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return await new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy();
      reject(new EgressError('unreachable', `${host}:${port} cannot be reached: ${why}.`, { cause }));
    };
    // Node asks this function instead of resolving, and tries one address after another.
    const socket = connect({
      host,
      port,
      autoSelectFamily: true,
      lookup: (_name, _options, done) => done(null, found),
    });
    const timer = setTimeout(fail, connectMsMax, `no answer in ${connectMsMax / 1000} s`);
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(codeOf(error), error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      if (socket.remoteAddress !== undefined && addresses.includes(socket.remoteAddress)) resolve(socket);
      else fail('it is not the address that was checked');
    });
  });
}

function codeOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return { ECONNREFUSED: 'nobody listens there', ENETUNREACH: 'there is no way to it' }[code] ?? code;
}
