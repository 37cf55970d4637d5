import { describe, expect, it } from 'vitest';
import { fitEncoding } from './fit-encoding.ts';

const FLOATS = '[0.5,-2]';
const BASE64 = '"AAAAPwAAAMA="';

function reply(...vectors: readonly string[]): Buffer {
  const rows = vectors.map((vector, index) => `{"object":"embedding","embedding" : ${vector},"index":${index}}`);
  return Buffer.from(
    `{"object":"list","note":"\\"embedding\\":[","data":[${rows.join(',')}],"usage":{"total_tokens":1}}`,
  );
}

describe('vectors', () => {
  it.each([
    ['float', FLOATS],
    ['base64', BASE64],
  ] as const)('that come as asked, as %s, stay as they are', (asked, vector) => {
    const body = reply(vector, vector);
    expect(fitEncoding(body, asked)).toBe(body);
  });

  it.each([
    ['float', BASE64, FLOATS],
    ['base64', FLOATS, BASE64],
  ] as const)('are written anew as %s', (asked, came, written) => {
    const fitted = fitEncoding(reply(came, came), asked)?.toString() ?? '';
    expect(JSON.parse(fitted)).toEqual(JSON.parse(reply(written, written).toString()));
  });

  it.each([
    ['no numbers', 'base64', reply('["x"]')],
    ['no base64 of floats', 'float', reply('"AAA="')],
    ['numbers that are none', 'float', reply('"AADAfw=="')],
    ['of two kinds', 'base64', reply(FLOATS, '5')],
    ['half of it', 'base64', reply(FLOATS).subarray(0, -2)],
  ] as const)('cannot be written anew: %s', (_, asked, body) => {
    expect(fitEncoding(body, asked)).toBeUndefined();
  });

  it('that are not there are left to who reads the reply', () => {
    const body = Buffer.from('{"data":[]}');
    expect(fitEncoding(body, 'base64')).toBe(body);
  });
});
