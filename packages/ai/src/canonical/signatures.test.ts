import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DialectName } from './chat-request.ts';
import { openSignature, sealSignature } from './signatures.ts';

const DIALECTS: readonly DialectName[] = [
  'openai-chat',
  'openai-responses',
  'anthropic',
  'gemini',
  'bedrock',
  'mistral',
  'cohere',
  'ollama',
];

const dialect = fc.constantFrom(...DIALECTS);

describe('a signature', () => {
  it('of the speaker itself stays as it is', () => {
    expect(sealSignature({ value: 'EqQB+/==', dialect: 'anthropic' }, 'anthropic')).toBe('EqQB+/==');
    expect(openSignature('EqQB+/==', 'anthropic')).toEqual({ value: 'EqQB+/==', dialect: 'anthropic' });
  });

  it('of another dialect comes back as that dialect’s own', () => {
    const sealed = sealSignature({ value: 'CsAB', dialect: 'gemini' }, 'anthropic');
    expect(sealed).not.toContain('CsAB');
    expect(openSignature(sealed, 'anthropic')).toEqual({ value: 'CsAB', dialect: 'gemini' });
  });

  it('survives an SDK that holds it as bytes and writes base64url', () => {
    const signature = { value: 'ÿÿ>>??', dialect: 'anthropic' } as const;
    const bytes = Buffer.from(sealSignature(signature, 'gemini'), 'base64');
    expect(openSignature(bytes.toString('base64url'), 'gemini')).toEqual(signature);
  });

  it('comes back for whatever two dialects, also when it looks like an envelope', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }).map((inner) => sealSignature({ value: inner, dialect: 'gemini' }, 'anthropic')),
    );
    fc.assert(
      fc.property(value, dialect, dialect, (text, issuer, speaker) => {
        const signature = { value: text, dialect: issuer };
        expect(openSignature(sealSignature(signature, speaker), speaker)).toEqual(signature);
      }),
    );
  });

  it('in an envelope that names nobody we know belongs to the speaker', () => {
    for (const inside of [
      'gatehouse:',
      'gatehouse:nobody:x',
      'gatehouse:toString:x',
      'gatehouse',
      'gatehouse:gemini',
    ]) {
      const text = Buffer.from(inside).toString('base64');
      expect(openSignature(text, 'mistral')).toEqual({ value: text, dialect: 'mistral' });
    }
  });
});
