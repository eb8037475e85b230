// Which addresses of the internet are nobody's home: the only ones that a page may reach by itself.
import ipaddr from 'ipaddr.js';

/** Everything that is routed worldwide lies here (RFC 4291, IANA); all else of IPv6 is special, or not given out. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/**
 * Why an address must not be reached (`loopback`, `private`, `carrierGradeNat` …, as ipaddr.js names the range), or
 * undefined when it is a public one. What is not an address in its one canonical notation is refused too.
 */
export function whyRefused(address: string): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return 'not an address';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed.kind() === 'ipv6' && !parsed.match(globalUnicast) ? 'reserved' : undefined;
}
