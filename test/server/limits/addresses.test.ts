import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Addresses, isNetwork } from '../../../src/server/limits/addresses.ts';

/** A request as it comes from this peer with this header. */
function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('the address of a client', () => {
  const behind = new Addresses(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);
  const alone = new Addresses([]);

  test.each([
    ['is its peer where no proxy is trusted, whatever it says', alone, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['is its peer where the peer is no proxy', behind, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['is what a proxy saw', behind, '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    [
      'is the first from the right that is not trusted',
      behind,
      '10.1.2.3',
      '1.1.1.1, 198.51.100.1, 192.0.2.1',
      '198.51.100.1',
    ],
    ['is the proxy itself where it names nobody', behind, '10.1.2.3', undefined, '10.1.2.3'],
    ['is the last that was understood', behind, '10.1.2.3', '198.51.100.1, nonsense, 192.0.2.1', '192.0.2.1'],
    ['is the outermost of proxies alone', behind, '10.1.2.3', '10.9.9.9, 10.8.8.8', '10.9.9.9'],
    ['has no port', behind, '10.1.2.3', '198.51.100.1:5555', '198.51.100.1'],
    ['has no brackets', behind, '10.1.2.3', '[2001:db8:1:2::5]:443', '2001:db8:1:2::/64'],
    ['is IPv4 where it was mapped into IPv6', behind, '::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['is IPv4 also in hexadecimal', behind, '::ffff:cb00:7109', undefined, '203.0.113.9'],
    ['is trusted also where it was mapped', behind, '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['in IPv6 is its network of 64 bits', behind, '2001:db8:1:2:aaaa::1', undefined, '2001:db8:1:2::/64'],
    ['in IPv6 has no zone', behind, 'fe80::1%eth0', undefined, 'fe80:0:0:0::/64'],
    ['in IPv6 may be a proxy', behind, 'fd12::1', '198.51.100.1', '198.51.100.1'],
    ['of a socket of the file system is one for all', behind, undefined, '198.51.100.1', 'local'],
  ])('%s', (_promise, addresses, peer, forwarded, expected) => {
    expect(addresses.of(request(peer, forwarded))).toBe(expected);
  });

  test('of two notations of one network is the same', () => {
    expect(alone.of(request('2001:db8::1'))).toBe(alone.of(request('2001:0DB8:0:0:ffff::2')));
    expect(alone.of(request('2001:db8::1'))).not.toBe(alone.of(request('2001:db8:0:1::1')));
  });
});

describe('a network', () => {
  test.each(['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1', '0.0.0.0/0'])('may be %s', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  test.each(['10.0.0.0/33', '10.0.0/8', 'localhost', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '', 'fe80::1%eth0'])(
    'is not %j',
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );
});
