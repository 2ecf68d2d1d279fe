import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** What stands for a peer that has no address: a socket of the file system. */
const NO_ADDRESS = 'local';

/**
 * Who a request comes from, as limits count it: an IPv4 address, or the /64 of an IPv6 address, which one customer has
 * whole. Behind trusted proxies it is read from `X-Forwarded-For`.
 */
export class Addresses {
  readonly #trusted = new BlockList();

  /** @param trusted addresses or CIDR networks that have passed {@link isNetwork}. */
  constructor(trusted: readonly string[]) {
    for (const network of trusted) {
      const [address = '', bits] = network.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(bits), family);
    }
  }

  /** Whoever stands at the other end of a socket. */
  ofPeer(remoteAddress: string | undefined): string {
    return remoteAddress === undefined ? NO_ADDRESS : counted(normalised(remoteAddress) ?? NO_ADDRESS);
  }

  /** Whether a peer speaks for others. */
  isProxy(remoteAddress: string | undefined): boolean {
    const address = remoteAddress === undefined ? null : normalised(remoteAddress);
    return address !== null && this.#trusts(address);
  }

  /**
   * The client behind a request. Each proxy adds the address that it saw at the right of `X-Forwarded-For`: what stands
   * left of the first one that is not trusted was written by that client, and could be anything.
   */
  of(request: IncomingMessage): string {
    const { remoteAddress } = request.socket;
    let client = remoteAddress === undefined ? null : normalised(remoteAddress);
    if (client === null) return NO_ADDRESS;
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (this.#trusts(client)) {
      const hop = normalised(forwarded.pop()?.trim() ?? '');
      if (hop === null) break;
      client = hop;
    }
    return counted(client);
  }

  #trusts(address: string): boolean {
    return this.#trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** Whether a text names an address or a network: "10.1.2.3", "10.0.0.0/8", "fd00::/8". */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (longest < 0 || more.length > 0 || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
}

/** An address in one notation, without port and brackets; an IPv4 address mapped into IPv6 as IPv4. Null: it is none. */
function normalised(text: string): string | null {
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const [address = ''] = bare.split('%');
  if (!isIPv6(address)) return isIP(address) === 4 ? address : null;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped
    ? [high >> 8, high & 255, low >> 8, low & 255].join('.')
    : groups.map((g) => g.toString(16)).join(':');
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // The last two may be written as an IPv4 address.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes) => {
    const [a, b, c, d] = bytes.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [left = '', right] = text.split('::');
  const numbers = (part: string) =>
    part.split(':').flatMap((group) => (group === '' ? [] : Number.parseInt(group, 16)));
  const [before, after] = [numbers(left), numbers(right ?? '')];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/** What of an address is counted. */
function counted(address: string): string {
  return isIPv6(address) ? `${address.split(':').slice(0, 4).join(':')}::/64` : address;
}
