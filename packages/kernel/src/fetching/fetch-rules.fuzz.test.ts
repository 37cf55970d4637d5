import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FetchRules } from './fetch-rules.ts';
import { isPublicAddress } from './public-address.ts';

const rules = new FetchRules({ hosts: [{ scheme: 'https', host: '*', port: 443 }], addresses: [] }, async () => []);
const { signal } = new AbortController();

/** Numbers as readers of addresses take them: decimal, octal, hexadecimal, too many, too large. */
const part = fc.oneof(
  fc.integer({ min: 0, max: 300 }).map(String),
  fc.integer({ min: 0, max: 255 }).map((n) => `0${n.toString(8)}`),
  fc.integer({ min: 0, max: 2 ** 32 }).map((n) => `0x${n.toString(16)}`),
  fc.integer({ min: 0, max: 2 ** 32 }).map(String),
);
const host = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.ipV4().map((address) => `[::ffff:${address}]`),
  fc.domain(),
  fc.string(),
);
const url = fc.oneof(
  fc.webUrl(),
  fc.string(),
  fc
    .tuple(
      fc.constantFrom('https://', 'https:', 'HTTPS:\\\\', 'https:///', ' https://'),
      host,
      fc.constantFrom('', '/', '?', '#', ':443/', '@', '\\'),
    )
    .map((parts) => parts.join('')),
);

describe('whatever a caller writes', () => {
  it('is refused, or leads to a public address over TLS that is spelt as it is', async () => {
    await fc.assert(
      fc.asyncProperty(url, async (text) => {
        const read = rules.read(text);
        if ('problem' in read) return;
        expect([read.protocol, read.username, read.password, read.port]).toEqual(['https:', '', '', '']);
        const place = await rules.place(read, signal);
        if ('problem' in place) return;
        expect(isPublicAddress(place.address)).toBe(true);
        expect(text.toLowerCase()).toContain(place.address);
      }),
      { numRuns: 3000 },
    );
  });
});
