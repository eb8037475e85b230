// The host as containers see the world: its address on a network that is none of Docker's.
import { networkInterfaces } from 'node:os';

/** Undefined on a machine that is on no network. */
export function outerAddress(): string | undefined {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !/^(lo|docker|br-|veth)/.test(name))
    .flatMap(([, found = []]) => found)
    .find(({ family }) => family === 'IPv4')?.address;
}
