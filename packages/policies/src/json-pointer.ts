/** A JSON Pointer (RFC 6901) in pieces; `*` is every member or item. */
export type Pointer = readonly string[];

export const POINTER = '^(/([^~/]|~[01])*)*$';

export function pointerOf(text: string): Pointer {
  return text
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** Also of `__proto__`, which is a name like any other. */
export function setMember(members: Members, key: string, value: unknown): void {
  Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
}

export function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return INDEX.test(key) ? value[Number(key)] : undefined;
  return isMembers(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** RFC 6901 §4: without leading zeros. */
export const INDEX = /^(?:0|[1-9]\d{0,8})$/;
