import { isIP } from 'node:net';
import { parsedText, type Parse } from './parsed.ts';

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export const parseAddressRange: Parse<string> = (text) => {
  const [address = '', bits = '0', ...rest] = text.split('/');
  const bitsMax = isIP(address) === 6 ? 128 : 32;
  const proper = isIP(address) !== 0 && !address.includes('%') && rest.length === 0;
  if (proper && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= bitsMax) return { value: text };
  return { wrong: 'is no range of addresses, write one such as 10.0.0.0/8 or fd00::/8' };
};

export const addressRangeText = (options: { readonly description: string }) =>
  parsedText(parseAddressRange, { title: 'a range of addresses', examples: ['10.0.0.0/8'], ...options });
