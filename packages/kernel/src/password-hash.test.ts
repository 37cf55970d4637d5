import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePasswordHash, passwordHash, verifyPassword } from './password-hash.ts';

const SALT = Buffer.alloc(16, 1);
/** Made by the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1 -l 24`. */
const REFERENCE = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

describe('hashes of passwords', () => {
  it.each([
    ['password', REFERENCE, true],
    ['Password', REFERENCE, false],
    ['', REFERENCE, false],
  ])('%j against a hash of the reference implementation: %s', async (password, text, right) => {
    const hash = parsePasswordHash(text);
    expect(hash && (await verifyPassword(password, hash))).toBe(right);
  });

  it('knows again what it hashed, in either form of a letter', async () => {
    const hash = parsePasswordHash(passwordHash('Zoe\u0308 🔑', SALT));
    expect(hash).toMatchObject({ memoryKiB: 19_456, passes: 2, parallelism: 1, salt: SALT });
    expect(hash && (await verifyPassword('Zo\u00eb 🔑', hash))).toBe(true);
    expect(hash && (await verifyPassword('Zoe 🔑', hash))).toBe(false);
  });

  it('hashes the same password otherwise with another salt', () => {
    expect(passwordHash('a', SALT)).toBe(passwordHash('a', SALT));
    expect(passwordHash('a', SALT)).not.toBe(passwordHash('a', Buffer.alloc(16, 2)));
  });

  it.each([
    ['', 'nothing'],
    ['password', 'a password'],
    [REFERENCE.replace('argon2id', 'argon2i'), 'another algorithm'],
    [REFERENCE.replace('v=19', 'v=16'), 'an old version'],
    [REFERENCE.replace('m=256', 'm=9999999'), 'too much memory'],
    [REFERENCE.replace('m=256', 'm=7'), 'too little memory'],
    [REFERENCE.replace('t=2', 't=0'), 'no pass'],
    [REFERENCE.replace('t=2', 't=999'), 'too many passes'],
    [REFERENCE.replace('p=1', 'p=0'), 'no lane'],
    [REFERENCE.replace('p=1', 'p=99'), 'too many lanes'],
    [`${REFERENCE}=`, 'padding'],
    [`${REFERENCE}\n`, 'a line break'],
    [REFERENCE.replace('c29tZXNhbHQ', 'c29tZXNhbHR'), 'bits that no byte has'],
    [REFERENCE.replace('c29tZXNhbHQ', 'c29t'), 'a short salt'],
    ['$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$AAAA', 'a short hash'],
  ])('refuses %s (%s)', (text) => {
    expect(parsePasswordHash(text)).toBeUndefined();
  });

  it('reads or refuses anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((end) => REFERENCE.slice(0, 40) + end),
        ),
        (text) => {
          const hash = parsePasswordHash(text);
          if (hash !== undefined) expect(hash.salt.length).toBeGreaterThanOrEqual(8);
        },
      ),
    );
  });
});
