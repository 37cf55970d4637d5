import type { Mark } from './mark.ts';

/** What readers make of a text. */
export interface Tree {
  readonly value: unknown;
  readonly mark: Mark;
}

/** A key may be `__proto__`, which must become a property like any other. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}
