// Where the agent may connect to: the addresses of an API's own server, and no private one that the operator did not name.
import { lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { SkillError } from '@switchboard/contract';
import ipaddr from 'ipaddr.js';

/** One that is reached over the Internet: not loopback, private, link-local, metadata, multicast or anything reserved. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
}

export interface Wall {
  /** For `http.request`: what a name stands for is decided here, once, and connected to. */
  readonly lookup: LookupFunction;
  /** An address in place of a name is never looked up. Throws SkillError `address-refused`. */
  check(hostname: string): void;
}

function refused(hostname: string, address: string): SkillError {
  const where = hostname === address ? address : `${hostname} (${address})`;
  return new SkillError(
    'address-refused',
    `${where} is not on the Internet: name it as \`server\` in the API's file if it is meant`,
  );
}

/** `named`: the operator's own file says where the server is, so it may be anywhere. */
export function createWall(named: boolean): Wall {
  const lookup: LookupFunction = (hostname, options, done) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, []);
      const wrong = named ? undefined : addresses.find(({ address }) => !isPublic(address));
      const [first] = addresses;
      if (wrong !== undefined) return done(refused(hostname, wrong.address), []);
      if (first === undefined || options.all) return done(null, addresses);
      return done(null, first.address, first.family);
    });
  };
  return {
    lookup,
    check(hostname) {
      const address = hostname.replace(/^\[|\]$/g, '');
      if (!named && isIP(address) !== 0 && !isPublic(address)) throw refused(address, address);
    },
  };
}
