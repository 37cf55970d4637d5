/* Just as much of DER (X.690) as a certificate needs. */

const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18 };

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
/** `[number]` around whole values. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 + number, ...parts);
/** `[number]` in place of a tag of its own. */
export const implicit = (number: number, content: Uint8Array): Buffer => der(0x80 + number, content);
export const integer = (bytes: Uint8Array): Buffer => der(TAG.integer, bytes);
export const yes = (): Buffer => der(TAG.boolean, Buffer.from([0xff]));
export const octets = (content: Uint8Array): Buffer => der(TAG.octets, content);
export const bits = (content: Uint8Array, unused = 0): Buffer => der(TAG.bits, Buffer.from([unused]), content);
export const utf8 = (text: string): Buffer => der(TAG.utf8, Buffer.from(text));

/** GeneralizedTime, to the second. */
export function time(date: Date): Buffer {
  const text = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(TAG.time, Buffer.from(text));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
