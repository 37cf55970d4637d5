import net from 'node:net';

/** Who a connection is from, as a proxy in front says at its beginning. */
export type ProxyHeader =
  /** More bytes are needed. */
  | 'more'
  /** The bytes begin with something else. */
  | 'none'
  | { readonly wrong: string }
  | {
      /** Bytes that the header takes. */
      readonly length: number;
      /** Undefined for a connection of the proxy itself, such as a health check: its own address counts. */
      readonly source: { readonly address: string; readonly port: number } | undefined;
    };

const V1 = Buffer.from('PROXY ');
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** The longest line of version 1, with its end. */
const V1_BYTES_MAX = 107;
/** Addresses and a few extensions; nobody needs more. */
const V2_BYTES_MAX = 16 + 2048;

/** Reads the header of HAProxy's PROXY protocol, version 1 or 2, at the beginning of a connection. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsLike(bytes, V2)) return bytes.length < 16 ? 'more' : readV2(bytes);
  if (startsLike(bytes, V1)) return bytes.length < V1.length ? 'more' : readV1(bytes);
  return 'none';
}

/** Does it begin with the mark, as far as it goes? Nothing at all may still become it. */
function startsLike(bytes: Buffer, mark: Buffer): boolean {
  const length = Math.min(bytes.length, mark.length);
  return bytes.subarray(0, length).equals(mark.subarray(0, length));
}

function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, V1_BYTES_MAX).indexOf('\r\n');
  if (end < 0) return bytes.length >= V1_BYTES_MAX ? { wrong: 'the line is too long' } : 'more';
  const line = bytes.toString('latin1', 0, end);
  const length = end + 2;
  if (/^PROXY UNKNOWN(?: .*)?$/.test(line)) return { length, source: undefined };
  const match = /^PROXY (TCP4|TCP6) (\S+) (\S+) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})$/.exec(line);
  if (match === null) return { wrong: 'the line is not as it should be' };
  const [, family, source = '', destination = '', port = '', destinationPort = ''] = match;
  const isAddress = family === 'TCP4' ? net.isIPv4 : isBareIPv6;
  if (!isAddress(source) || !isAddress(destination)) return { wrong: 'an address is none of its family' };
  if (Number(port) > PORT_MAX || Number(destinationPort) > PORT_MAX) return { wrong: 'there is no such port' };
  return { length, source: { address: family === 'TCP4' ? source : shortest(source), port: Number(port) } };
}

const PORT_MAX = 65_535;

/** Without a zone, which means something to the proxy alone. */
const isBareIPv6 = (text: string): boolean => net.isIPv6(text) && !text.includes('%');

function readV2(bytes: Buffer): ProxyHeader {
  const version = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const length = 16 + bytes.readUInt16BE(14);
  if (version >> 4 !== 2) return { wrong: 'the version is unknown' };
  if (length > V2_BYTES_MAX) return { wrong: 'the header is too long' };
  if (bytes.length < length) return 'more';
  const command = version & 15;
  if (command === 0) return { length, source: undefined };
  if (command !== 1) return { wrong: 'the command is unknown' };
  if (family === 0x11 || family === 0x12) {
    if (length < 16 + 12) return { wrong: 'the addresses are cut' };
    return { length, source: { address: [...bytes.subarray(16, 20)].join('.'), port: bytes.readUInt16BE(24) } };
  }
  if (family === 0x21 || family === 0x22) {
    if (length < 16 + 36) return { wrong: 'the addresses are cut' };
    return { length, source: { address: ipv6(bytes.subarray(16, 32)), port: bytes.readUInt16BE(48) } };
  }
  // Sockets of the file system, and what nobody knows: there is no address that means anything here.
  return { length, source: undefined };
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return shortest(groups.join(':'));
}

/** As RFC 5952 has it, and IPv4 by itself: a caller is to have one address, however its proxy writes it. */
function shortest(address: string): string {
  return new net.SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}
