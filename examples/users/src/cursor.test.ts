import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursors } from './cursor.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const cursors = createCursors(Buffer.alloc(32, 1));
const position = { after: 'usr_01k0f3x9v2m8r5t7w1y4z6b3cd', email: undefined };
const refusal = expect.objectContaining({ code: 'request.invalid_cursor' });

describe('a cursor', () => {
  it('leads back to its position', () => {
    const positions = fc.record({ after: fc.string(), email: fc.option(fc.string(), { nil: undefined }) });
    fc.assert(
      fc.property(positions, (given) => {
        expect(cursors.decode(cursors.encode(given))).toEqual(given);
      }),
    );
  });

  it('is safe in a query', () => expect(cursors.encode(position)).toMatch(/^[A-Za-z0-9_-]+$/));

  it('fits the document even for the longest email', () => {
    expect(cursors.encode({ ...position, email: 'e'.repeat(254) }).length).toBeLessThanOrEqual(512);
  });

  it('is refused when any one character differs', () => {
    const cursor = cursors.encode(position);
    for (let at = 0; at < cursor.length; at++) {
      for (const character of ALPHABET.replace(cursor.charAt(at), '')) {
        const changed = cursor.slice(0, at) + character + cursor.slice(at + 1);
        expect(() => cursors.decode(changed)).toThrow(refusal);
      }
    }
  });

  it('is refused when it is cut, continued or padded', () => {
    const cursor = cursors.encode(position);
    for (let length = 0; length < cursor.length; length++) {
      expect(() => cursors.decode(cursor.slice(0, length))).toThrow(refusal);
    }
    for (const tail of ['A', '=', ' ', '\n']) expect(() => cursors.decode(cursor + tail)).toThrow(refusal);
  });

  it('is refused when it was signed with another secret', () => {
    const foreign = createCursors(Buffer.alloc(32, 2)).encode(position);
    expect(() => cursors.decode(foreign)).toThrow(refusal);
  });

  it('is refused whatever a caller makes up', () => {
    fc.assert(
      fc.property(fc.string(), (made) => {
        expect(() => cursors.decode(made)).toThrow(refusal);
      }),
    );
  });
});
