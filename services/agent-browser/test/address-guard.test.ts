// Which addresses are nobody's home, in every notation that there is for them.
import { describe, expect, test } from 'vitest';
import { whyRefused } from '../src/egress/address-guard.ts';
import { parseAllowedHosts, parseTarget } from '../src/egress/allowed-hosts.ts';
import { connectChecked, type Resolve } from '../src/egress/checked-connect.ts';

describe('an address is refused when it is', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.0.1'],
    ['linkLocal', '169.254.169.254'],
    ['carrierGradeNat', '100.64.0.1'],
    ['unspecified', '0.0.0.0'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.250'],
    ['broadcast', '255.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['reserved', '198.18.0.1'],
    ['reserved', '192.0.2.1'],
    ['loopback', '::1'],
    ['unspecified', '::'],
    ['linkLocal', 'fe80::1'],
    ['uniqueLocal', 'fd00::1'],
    ['uniqueLocal', 'fc00::1'],
    ['multicast', 'ff02::1'],
    ['ipv4Mapped', '::ffff:127.0.0.1'],
    ['ipv4Mapped', '::ffff:7f00:1'],
    ['rfc6052', '64:ff9b::7f00:1'],
    ['6to4', '2002:7f00:1::'],
    ['teredo', '2001::1'],
  ])('%s: %s', (range, address) => {
    expect(whyRefused(address)).toBe(range);
  });

  test.each([
    ['IPv4-compatible', '::7f00:1'],
    ['local NAT64', '64:ff9b:1::7f00:1'],
    ['site-local', 'fec0::1'],
    ['translated', '::ffff:0:7f00:1'],
    ['for documents', '2001:db8::1'],
    ['of discard', '100::1'],
    ['not given out', '4000::1'],
    ['with a zone', 'fe80::1%eth0'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['short', '127.1'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('%s: %j', (_, address) => {
    expect(whyRefused(address)).toBeTypeOf('string');
  });

  test.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
    'and not when it is public: %s',
    (address) => {
      expect(whyRefused(address)).toBeUndefined();
    },
  );
});

test.each([
  ['2130706433', '127.0.0.1'],
  ['0x7f000001', '127.0.0.1'],
  ['0177.0.0.1', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['127.1', '127.0.0.1'],
  ['①②⑦.0.0.1', '127.0.0.1'],
  ['[::FFFF:127.0.0.1]', '::ffff:7f00:1'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  ['LOCALHOST.', 'localhost'],
])('the host %s is written as %s', (written, host) => {
  expect(parseTarget(written, 443)).toEqual({ host, port: 443 });
});

test.each(['', 'a b', 'a@b', 'a/b', 'a?b', 'a#b', 'a:99999', '[::1', '256.1.1.1'])('%j is no host', (written) => {
  expect(parseTarget(written, 443)).toBeUndefined();
});

test('the operator names hosts, with a port or for every port', () => {
  const allowed = parseAllowedHosts('nas.local, 127.0.0.1:8080 [fd00::1]:443');
  expect(allowed({ host: 'nas.local', port: 1234 })).toBe(true);
  expect(allowed({ host: '127.0.0.1', port: 8080 })).toBe(true);
  expect(allowed({ host: 'fd00::1', port: 443 })).toBe(true);
  expect(allowed({ host: '127.0.0.1', port: 8081 })).toBe(false);
  expect(allowed({ host: 'x.nas.local', port: 1234 })).toBe(false);
  expect(parseAllowedHosts('')({ host: '127.0.0.1', port: 80 })).toBe(false);
  expect(() => parseAllowedHosts('http://nas.local/')).toThrow(TypeError);
});

describe('a name', () => {
  const connect = (resolve: Resolve) => connectChecked({ host: 'a.test', port: 80 }, { resolve, allowed: () => false });

  test('with one private address among public ones is refused', async () => {
    const run = connect(async () => ['93.184.216.34', '192.168.1.1']);
    await expect(run).rejects.toMatchObject({ reason: 'refused', message: expect.stringContaining('192.168.1.1') });
  });

  test('that has no address, or whose resolver breaks, is not found', async () => {
    await expect(connect(async () => [])).rejects.toMatchObject({ reason: 'not-found' });
    const broken = connect(() => Promise.reject(new Error('no answer')));
    await expect(broken).rejects.toMatchObject({ reason: 'not-found' });
  });

  test('is asked about once for one connection: a second answer comes too late', async () => {
    let asked = 0;
    const { reason } = await connect(async () => (++asked === 1 ? ['10.0.0.1'] : ['93.184.216.34'])).catch(
      (error) => error,
    );
    expect({ reason, asked }).toEqual({ reason: 'refused', asked: 1 });
  });
});
