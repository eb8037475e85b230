// Whether a model lies on this machine or in this network: then nobody sends a bill, and what is sent stays here.
import { BlockList, isIP } from 'node:net';

const nets = new BlockList();
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  nets.addSubnet(address, bits, 'ipv4');
}
nets.addAddress('::1', 'ipv6');
nets.addSubnet('fc00::', 7, 'ipv6');
nets.addSubnet('fe80::', 10, 'ipv6');

/** Names that no public name server knows: a single word is a container or a machine beside this one. */
const localName = /^[^.]+$|\.(localhost|local|lan|home|internal|home\.arpa)$/;

export function isPrivate(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const family = isIP(host);
  if (family === 0) return localName.test(host);
  return nets.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
