import fc from 'fast-check';

/** A plain piece, and now and then an odd one. */
export function mostly(plain: string, odd: readonly string[], weight = 12): fc.Arbitrary<string> {
  return fc.oneof({ arbitrary: fc.constant(plain), weight }, { arbitrary: fc.constantFrom(...odd), weight: 1 });
}

const bodyText = fc.constantFrom(
  'abc',
  'GET /s HTTP/1.1\r\nHost: h\r\n\r\n',
  '0\r\n\r\n',
  '\r\n',
  'a\nb\u0000\u00ff',
  'x'.repeat(70),
);
const sizeEnd = mostly(
  '\r\n',
  [
    '\n',
    ' \r\n',
    ';a\r\n',
    ';a=b\r\n',
    ';a="b;\\"c"\r\n',
    ';\r\n',
    '; a\r\n',
    ';a\n\r\n',
    '\r',
    '\t\r\n',
    ';a=b=c\r\n',
  ],
  20,
);
const size = (bytes: number) =>
  mostly(
    bytes.toString(16),
    [
      bytes.toString(16).toUpperCase(),
      `00${bytes.toString(16)}`,
      `0x${bytes.toString(16)}`,
      `+${bytes}`,
      '',
      ' 3',
      (bytes + 1).toString(16),
      'ffffffffffffffff',
    ],
    20,
  );

const chunk = bodyText.chain((text) =>
  fc
    .tuple(size(text.length), sizeEnd, mostly('\r\n', ['\n', '', '\r', 'x\r\n'], 30))
    .map(([length, end, close]) => length + end + text + close),
);
const lastChunk = mostly(
  '0\r\n\r\n',
  [
    '0\r\nX: y\r\n\r\n',
    '0\r\nContent-Length: 3\r\n\r\n',
    '0\r\nX : y\r\n\r\n',
    '000\r\n\r\n',
    '0;a\r\n\r\n',
    '0\r\n\n',
    '0\n\r\n',
    '',
    '0\r\n\r',
  ],
  10,
);

/** Framing fields and the bytes that go with them. */
export const requestBodies = fc.oneof(
  { arbitrary: fc.constant({ lines: [''], bytes: '' }), weight: 4 },
  { arbitrary: bodyText.map((text) => ({ lines: [`Content-Length: ${text.length}`], bytes: text })), weight: 4 },
  { arbitrary: bodyText.map((text) => ({ lines: [`content-length:${text.length + 1} `], bytes: text })), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.array(chunk, { maxLength: 3 }), lastChunk)
      .map(([chunks, last]) => ({ lines: ['Transfer-Encoding: chunked'], bytes: chunks.join('') + last })),
    weight: 6,
  },
  {
    arbitrary: bodyText.map((text) => ({
      lines: [`Content-Length: ${text.length}`, 'Transfer-Encoding: chunked'],
      bytes: text,
    })),
    weight: 1,
  },
);
