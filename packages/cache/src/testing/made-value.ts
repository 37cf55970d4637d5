/** A value that tells of itself whose it is and how long, and of every byte what it must be. */
export function madeValue(key: string, number: number, bytes: number): Buffer {
  const head = Buffer.from(`${key}|${number}|${bytes}|`);
  const value = Buffer.alloc(head.length + bytes, number & 0xff);
  value.set(head);
  return value;
}

/** It is one value of the key, whole. */
export function isIntact(key: string, value: Buffer): boolean {
  const [name, number, bytes] = value.toString('latin1', 0, 64).split('|', 3);
  if (name !== key || !(Number(bytes) <= value.length)) return false;
  return madeValue(key, Number(number), Number(bytes)).equals(value);
}
