const EXPONENT_MAX = 40;
const DIGITS_MAX = 60;

/**
 * A decimal number as people and programs write it, as a whole number of its `decimals`-th place, rounded half away from
 * zero: `1.5` with 6 is 1 500 000. Digits are moved, so it is exact. Undefined for what is no number.
 */
export function decimalOf(text: string, decimals: number): bigint | undefined {
  const [whole, sign, before = '', after = '', exponent = '0'] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ?? [];
  if (whole === undefined || before + after === '' || before.length + after.length > DIGITS_MAX) return undefined;
  const moved = Number(exponent) + decimals - after.length;
  if (Number(exponent) > EXPONENT_MAX) return undefined;
  const digits = BigInt(before + after);
  const value = moved >= 0 ? digits * 10n ** BigInt(moved) : divided(digits, 10n ** BigInt(-moved));
  return sign === '-' ? -value : value;
}

/** Half up, of what is not negative. */
export function divided(amount: bigint, by: bigint): bigint {
  return (amount * 2n + by) / (by * 2n);
}

/** Micro-USD as dollars with all six decimals. */
export function usdText(microUsd: bigint): string {
  const amount = microUsd < 0n ? -microUsd : microUsd;
  const digits = amount.toString().padStart(7, '0');
  return `${microUsd < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
