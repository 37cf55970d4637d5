/** Reading values of unknown shape: from SQLite rows, and from data that a schema has already accepted. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws on a mismatch: what is read here was checked before, so a mismatch is a bug and not the caller's fault. */
export function fields(value: unknown): Fields {
  if (isFields(value)) return value;
  throw new TypeError('expected an object');
}

export function text(from: Fields, name: string): string {
  const value = from[name];
  if (typeof value === 'string') return value;
  throw new TypeError(`expected ${name} to be a string`);
}

export function optionalText(from: Fields, name: string): string | undefined {
  return from[name] === undefined ? undefined : text(from, name);
}

export function integer(from: Fields, name: string): number {
  const value = from[name];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new TypeError(`expected ${name} to be an integer`);
}

export function bytes(from: Fields, name: string): Uint8Array {
  const value = from[name];
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`expected ${name} to be bytes`);
}
