import { isIPv6 } from 'node:net';

/**
 * An address as a string of its 16-bit groups: two for IPv4, eight for IPv6. Such keys compare with `<` in address
 * order, cost one short string, and an IPv4-mapped IPv6 address has the key of its IPv4 form. A zone (`%eth0`) is
 * ignored. Undefined for what is no address.
 */
export function ipKey(text: string): string | undefined {
  return text.includes(':') ? ipv6Key(text) : ipv4Key(text);
}

const DOT = 46;
const ZERO = 48;
/** `::ffff:`, the first six groups of an IPv4-mapped address (RFC 4291 §2.5.5.2). */
const MAPPED = '\0\0\0\0\0\uffff';

function ipv4Key(text: string): string | undefined {
  let groups = '';
  let high = 0;
  let octet = -1;
  let octets = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    if (code === DOT) {
      if (octet < 0 || ++octets > 4) return undefined;
      if (octets % 2 === 0) groups += String.fromCharCode(high * 256 + octet);
      high = octet;
      octet = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return undefined; // `010` is 8 to some readers and 10 to others
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return undefined;
  }
  return octets === 4 ? groups : undefined;
}

function ipv6Key(text: string): string | undefined {
  const zone = text.indexOf('%');
  const address = zone < 0 ? text : text.slice(0, zone);
  if (!isIPv6(address)) return undefined;
  const gap = address.indexOf('::');
  const head = groupsOf(gap < 0 ? address : address.slice(0, gap));
  const tail = gap < 0 ? '' : groupsOf(address.slice(gap + 2));
  const key = head + '\0'.repeat(8 - head.length - tail.length) + tail;
  return key.startsWith(MAPPED) ? key.slice(6) : key;
}

/** `1:2:a.b.c.d` → its groups; the text is part of an address that was found valid. */
function groupsOf(text: string): string {
  if (text === '') return '';
  let groups = '';
  for (const part of text.split(':')) {
    groups += part.includes('.') ? (ipv4Key(part) ?? '') : String.fromCharCode(Number.parseInt(part, 16));
  }
  return groups;
}

export interface IpRange {
  /** Keys of the first and the last address. */
  readonly first: string;
  readonly last: string;
}

/** `10.0.0.0/8`, `2001:db8::/32` or one address. Bits behind the prefix count for nothing. Undefined for anything else. */
export function ipRange(text: string): IpRange | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const key = ipKey(address);
  if (key === undefined || rest.length > 0 || address.includes('%')) return undefined;
  const mapped = key.length === 2 && address.includes(':');
  const bits = prefix === undefined ? key.length * 16 : prefixBits(prefix, mapped);
  if (bits < 0 || bits > key.length * 16) return undefined;
  return { first: fillFrom(key, bits, 0), last: fillFrom(key, bits, 0xffff) };
}

/** -1 for what is no length. In `::ffff:10.0.0.0/104` the first 96 bits are those that make the address a mapped one. */
function prefixBits(text: string, mapped: boolean): number {
  if (!/^(0|[1-9]\d{0,2})$/.test(text)) return -1;
  return mapped ? Number(text) - 96 : Number(text);
}

/** The key with all bits from `bits` on taken from `fill`. */
function fillFrom(key: string, bits: number, fill: number): string {
  let filled = '';
  for (let index = 0; index < key.length; index++) {
    const kept = Math.min(16, Math.max(0, bits - index * 16));
    const mask = (0xffff << (16 - kept)) & 0xffff;
    filled += String.fromCharCode((key.charCodeAt(index) & mask) | (fill & ~mask));
  }
  return filled;
}
