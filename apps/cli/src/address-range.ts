import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

/** `10.0.0.0/8` or `fd00::/8`. */
export function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    more.length === 0 &&
    bits !== undefined &&
    /^\d{1,3}$/.test(bits) &&
    Number(bits) <= (version === 4 ? 32 : 128)
  );
}

/** `127.0.0.1, 10.0.0.0/8`: machines, one by one or in ranges. */
export function parseRanges(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  const wrong = items.find((item) => isIP(item) === 0 && !isRange(item));
  if (wrong === undefined) return items;
  throw new InvalidArgumentError(
    `${JSON.stringify(wrong.slice(0, 100))} is no address, write such as 127.0.0.1 or 10.0.0.0/8.`,
  );
}
