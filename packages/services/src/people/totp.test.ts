import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base32, stepOfCode, totp, totpStep, totpUri } from './totp.ts';

const SECRETS = {
  sha1: Buffer.from('12345678901234567890'),
  sha256: Buffer.from('12345678901234567890123456789012'),
  sha512: Buffer.from('1234567890123456789012345678901234567890123456789012345678901234'),
};

describe('the vectors of RFC 6238, appendix B', () => {
  it.each([
    [59, '94287082', '46119246', '90693936'],
    [1_111_111_109, '07081804', '68084774', '25091201'],
    [1_111_111_111, '14050471', '67062674', '99943326'],
    [1_234_567_890, '89005924', '91819424', '93441116'],
    [2_000_000_000, '69279037', '90698825', '38618901'],
    [20_000_000_000, '65353130', '77737706', '47863826'],
  ])('hold at %i s', (second, sha1, sha256, sha512) => {
    for (const [algorithm, code] of Object.entries({ sha1, sha256, sha512 })) {
      if (algorithm !== 'sha1' && algorithm !== 'sha256' && algorithm !== 'sha512') throw new Error(algorithm);
      expect(totp(SECRETS[algorithm], totpStep(second * 1000), { digits: 8, algorithm })).toBe(code);
    }
  });
});

describe('a code', () => {
  const nowMs = 1_234_567_890_000;
  const now = totpStep(nowMs);
  const given = (step: number, lastStep = 0) => stepOfCode(SECRETS.sha1, totp(SECRETS.sha1, step), { nowMs, lastStep });

  it.each([
    ['the step of now', now, now],
    ['the step before', now - 1, now - 1],
    ['the step behind', now + 1, now + 1],
    ['two steps before', now - 2, undefined],
    ['two steps behind', now + 2, undefined],
  ])('of %s', (_, step, expected) => expect(given(step)).toBe(expected));

  it('counts once, and none before it counts any more', () => {
    expect(given(now, now)).toBeUndefined();
    expect(given(now - 1, now)).toBeUndefined();
    expect(given(now + 1, now)).toBe(now + 1);
  });

  it('that is anything else is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^\d{6}$/.test(text));
        expect(stepOfCode(SECRETS.sha1, text, { nowMs, lastStep: 0 })).toBeUndefined();
      }),
    );
  });
});

it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('writes %j in base 32 as RFC 4648 §10 does', (text, expected) => expect(base32(Buffer.from(text))).toBe(expected));

it('escapes what accounts are called', () => {
  expect(totpUri(Buffer.from('foobar'), 'a&secret=b@x')).toBe(
    'otpauth://totp/Gatehouse%3Aa%26secret%3Db%40x?secret=MZXW6YTBOI&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30',
  );
});
