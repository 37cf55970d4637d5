import { GatehouseError, parseDuration, parseSize } from '@gatehouse/kernel';

/** Of a text that the schema part `duration` let through. */
export function milliseconds(text: string): number {
  return present(parseDuration(text));
}

/** Of a text that the schema part `size` let through. */
export function bytes(text: string): number {
  return present(parseSize(text));
}

/** 0 to 1, of a text that the schema part `share` let through. */
export function fraction(text: string): number {
  return Number.parseFloat(text) / 100;
}

function present(value: number | undefined): number {
  if (value === undefined) throw new GatehouseError('gateway.internal', 'a schema let through what it should not');
  return value;
}
