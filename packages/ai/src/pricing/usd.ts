/**
 * USD per million tokens as people write it, in pico-USD per token. Exact: digits are moved, nothing is multiplied.
 * `undefined` for what is no amount from 0 to below a billion, or finer than the six decimals that fit.
 */
export function parseUsdPerMillion(amount: string | number): number | undefined {
  const digits = /^(\d{1,9})(?:\.(\d{1,32}))?$/.exec(typeof amount === 'number' ? plainDigits(amount) : amount);
  if (digits === null) return undefined;
  const decimals = (digits[2] ?? '').replace(/0+$/, '');
  if (decimals.length > DECIMALS) return undefined;
  return Number(`${digits[1] ?? ''}${decimals.padEnd(DECIMALS, '0')}`);
}

const DECIMALS = 6;

/** The shortest digits that read as the number; JavaScript writes those below a millionth with an exponent. */
function plainDigits(amount: number): string {
  const text = String(amount);
  return text.includes('e-') ? amount.toFixed(20) : text;
}

const PICO_PER_MICRO = 1_000_000;

/** Rounded half up. `pico` must be a safe integer from 0. */
export function microFromPico(pico: number): number {
  // Both steps are exact, which a division that leaves a rest is not.
  const rest = pico % PICO_PER_MICRO;
  return (pico - rest) / PICO_PER_MICRO + (rest * 2 >= PICO_PER_MICRO ? 1 : 0);
}

/** Of `amount / perMicro` micro-USD; what no number holds becomes the largest that does. */
export function roundMicro(amount: bigint, perMicro: bigint, how: 'half-up' | 'up'): number {
  const micro = how === 'up' ? (amount + perMicro - 1n) / perMicro : (amount * 2n + perMicro) / (perMicro * 2n);
  return micro > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(micro);
}

export const PICO_PER_MICRO_EXACT: bigint = BigInt(PICO_PER_MICRO);
