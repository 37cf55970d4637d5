import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJws } from './jws.ts';
import { keySetOf, keySetOfText } from './key-set.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = keySetOf(publicKey.export({ format: 'jwk' }));
const encoded = (text: string): string => Buffer.from(text).toString('base64url');

function signed(head: string, body: string): string {
  const input = `${encoded(head)}.${encoded(body)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

/** The claims, where a token is believed. */
function believed(token: string): object | undefined {
  const jws = parseJws(token);
  if (jws === undefined || keys === undefined) return undefined;
  return keys.candidates(jws).some((key) => key.verifies(jws)) ? jws.claims : undefined;
}

const HEAD = '{"alg":"EdDSA"}';
const TOKEN = signed(HEAD, '{"sub":"zoe"}');
const LETTERS = 'ABCXYZabcxyz0189-_.=+/ \n%é'.split('');

describe('a token', () => {
  it('is believed with the claims that were signed, whatever they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (claims) => {
        const text = JSON.stringify(claims);
        expect(believed(signed(HEAD, text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['[]', '[{"sub":"zoe"}]', '"sub"', '7', 'null', ''])('with %s for claims is none', (claims) => {
    expect(believed(signed(HEAD, claims))).toBeUndefined();
  });

  it('is believed by nobody once a character of it is another, is gone or is one too many', () => {
    const change = fc.constantFrom('replace', 'remove', 'insert');
    fc.assert(
      fc.property(fc.nat(TOKEN.length - 1), change, fc.constantFrom(...LETTERS), (at, how, letter) => {
        const rest = TOKEN.slice(how === 'insert' ? at : at + 1);
        const changed = TOKEN.slice(0, at) + (how === 'remove' ? '' : letter) + rest;
        if (changed !== TOKEN) expect(believed(changed)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('is read or refused, whatever stands there', () => {
    const piece = fc.oneof(
      fc.string({ unit: fc.constantFrom(...LETTERS) }),
      fc.json().map(encoded),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.constantFrom(encoded(HEAD), encoded('{"alg":"EdDSA","kid":"a"}'), encoded('{'), ''),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 5 }).map((all) => all.join('.')),
        ),
        (text) => {
          const jws = parseJws(text);
          // One text a token: what was read is written in no other way.
          if (jws !== undefined)
            expect(`${jws.signed.toString('latin1')}.${jws.signature.toString('base64url')}`).toBe(text);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a key set', () => {
  it('is read or refused, whatever it is, and verifies nothing by keys that are none', () => {
    const member = fc.constantFrom('keys', 'kty', 'crv', 'x', 'y', 'n', 'e', 'k', 'kid', 'alg', 'use', 'key_ops', 'd');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('OKP', 'EC', 'RSA', 'oct', 'Ed25519', 'P-256', 'sig', 'AQAB', 'EdDSA', ['verify']),
    );
    const key = fc.dictionary(member, value);
    const jws = parseJws(TOKEN);
    fc.assert(
      fc.property(fc.oneof(key, fc.record({ keys: fc.array(fc.oneof(key, value)) }), value), (json) => {
        for (const set of [keySetOf(json), keySetOfText(JSON.stringify(json))]) {
          expect(set?.keys.some((each) => jws !== undefined && each.verifies(jws)) ?? false).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('in PEM has all of its keys, or is refused', () => {
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const body = { from: pem.indexOf('\n') + 1, to: pem.lastIndexOf('\n-----END') - 1 };
    expect(keySetOfText(`${pem}\n${pem}`)?.keys).toHaveLength(2);
    fc.assert(
      fc.property(
        fc.integer({ min: body.from, max: body.to }),
        fc.string({ minLength: 1, maxLength: 3 }),
        (at, text) => {
          const spoilt = pem.slice(0, at) + text + pem.slice(at + 1);
          expect([undefined, 2]).toContain(keySetOfText(pem + spoilt)?.keys.length);
        },
      ),
    );
  });
});
