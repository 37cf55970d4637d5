import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORM_PARTS_MAX, scanForm, type FormPart } from './scan-form.ts';

const FIELD = 'Content-Disposition: form-data; name="model"';

/** A body of parts, each with its head and value. */
function form(...parts: readonly (readonly [head: string, value: string])[]): string {
  return `${parts.map(([head, value]) => `--b\r\n${head}\r\n\r\n${value}\r\n`).join('')}--b--\r\n`;
}

function scan(body: string, boundary = 'b'): { readonly parts: FormPart[] } | { readonly problem: string } {
  return scanForm(Buffer.from(body, 'latin1'), boundary);
}

function values(body: string): [name: string, value: string][] {
  const read = scan(body);
  if ('problem' in read) throw new Error(read.problem);
  return read.parts.map(({ name, valueStart, valueEnd }) => [name, body.slice(valueStart, valueEnd)]);
}

describe('the parts of a form', () => {
  it.each<[string, string, [string, string][]]>([
    ['one', form([FIELD, 'm']), [['model', 'm']]],
    ['none', '--b--', []],
    ['an empty one', form([FIELD, '']), [['model', '']]],
    ['without a line end behind the last boundary', form([FIELD, 'm']).slice(0, -2), [['model', 'm']]],
    ['with a name that is not quoted', form(['content-disposition: form-data; name=model', 'm']), [['model', 'm']]],
    // OkHttp says it.
    ['with its length', form([`${FIELD}\r\nContent-Length: 3`, 'm\r\n']), [['model', 'm\r\n']]],
    [
      'with lines and what looks like boundaries',
      form([FIELD, 'a\r\n\r\n--\r\n--c\nx--b']),
      [['model', 'a\r\n\r\n--\r\n--c\nx--b']],
    ],
    [
      'of several kinds',
      form(
        [
          'Content-Disposition: form-data; name="file"; filename="a \\ b;c.wav"\r\nContent-Type: audio/wav',
          '\r\nRIFF\r\n',
        ],
        ['Content-Type: text/plain\r\nContent-Disposition:form-data;name="timestamp_granularities[]"', 'word'],
        ['Content-Disposition: form-data; name="file"; filename*=utf-8\'\'x', ''],
      ),
      [
        ['file', '\r\nRIFF\r\n'],
        ['timestamp_granularities[]', 'word'],
        ['file', ''],
      ],
    ],
  ])('are found: %s', (_, body, parts) => {
    expect(values(body)).toEqual(parts);
  });

  it('know whether they are files', () => {
    const read = scan(form([`${FIELD}; filename=""`, 'm'], [FIELD, 'm']));
    expect(read).toMatchObject({ parts: [{ filename: '' }, { filename: undefined }] });
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'does not begin with its boundary'],
    ['a preamble', `x\r\n${form([FIELD, 'm'])}`, 'does not begin with its boundary'],
    ['an empty line in front', `\r\n${form([FIELD, 'm'])}`, 'does not begin with its boundary'],
    ['an epilogue', `${form([FIELD, 'm'])}x`, 'has something behind its last boundary'],
    ['a second form behind it', form([FIELD, 'm']) + form([FIELD, 'n']), 'has something behind its last boundary'],
    ['a part that never ends', `--b\r\n${FIELD}\r\n\r\nm`, 'ends inside a part'],
    ['an end inside the last boundary', form([FIELD, 'm']).slice(0, -3), 'has something behind a boundary'],
    ['a head that never ends', `--b\r\n${FIELD}\r\n`, 'has a part whose head is too long or does not end'],
    [
      'a huge head',
      form([`${FIELD}\r\nx: ${'a'.repeat(5000)}`, 'm']),
      'has a part whose head is too long or does not end',
    ],
    ['many lines', form([FIELD + '\r\nx: 1'.repeat(9), 'm']), 'more than 8 lines of head'],
    ['a head that is the last boundary', `--b\r\n${FIELD}\r\n\r\n--b--`, 'has a part without an end of its head'],
    ['padding behind a boundary', form([FIELD, 'm']).replace('--b\r', '--b \r'), 'has something behind a boundary'],
    ['a longer boundary in a value', form([FIELD, 'm\r\n--bb']), 'has something behind a boundary'],
    ['a boundary behind a bare LF', form([FIELD, 'm\n--b\r\nx']), 'does not stand on a line of its own'],
    ['a boundary behind a bare CR', form([FIELD, 'm\r--b--']), 'does not stand on a line of its own'],
    [
      '10,000 parts',
      form(...Array.from({ length: 10_000 }, () => [FIELD, ''] as const)),
      `more than ${FORM_PARTS_MAX} parts`,
    ],
    // Each of them is a step, and a body has room for millions.
    ['boundaries and nothing else', `--b${'\r\n--b'.repeat(200)}`, `more than ${FORM_PARTS_MAX} parts`],
    ['a length behind another space', form([`${FIELD}\r\nContent-Length: \xa01`, 'm']), 'not its own'],
    ['no head', form(['', 'm']), 'malformed head'],
    ['a folded head', form(['Content-Disposition: form-data;\r\n name="model"', 'm']), 'malformed head'],
    ['a bare LF in a head', form([`x: y\n${FIELD}`, 'm']), 'malformed head'],
    ['a NUL in a head', form(['Content-Disposition: form-data; name="model\0"', 'm']), 'malformed head'],
    ['a space before the colon', form(['Content-Disposition : form-data; name="model"', 'm']), 'malformed head'],
    ['two dispositions', form([`${FIELD}\r\n${FIELD}`, 'm']), "two lines 'content-disposition'"],
    ['no disposition', form(['Content-Type: text/plain', 'm']), "without 'content-disposition"],
    [
      'another disposition',
      form(['Content-Disposition: attachment; name="model"', 'm']),
      "without 'content-disposition",
    ],
    ['no name', form(['Content-Disposition: form-data', 'm']), 'without a name'],
    ['two names', form([`${FIELD}; name="file"`, 'm']), "two parameters 'name'"],
    ['a coded name', form(["Content-Disposition: form-data; name*=utf-8''model", 'm']), 'malformed name'],
    ['an escaped name', form(['Content-Disposition: form-data; name="mo\\del"', 'm']), 'name holds more than'],
    ['a percent sign in a name', form(['Content-Disposition: form-data; name="mod%65l"', 'm']), 'name holds more than'],
    ['an empty name', form(['Content-Disposition: form-data; name=""', 'm']), 'name holds more than'],
    [
      'an escaped quote',
      form(['Content-Disposition: form-data; name="file"; filename="a\\"; name="model"', 'm']),
      'malformed name',
    ],
    ['a coding', form([`${FIELD}\r\nContent-Transfer-Encoding: base64`, 'bQ==']), "'content-transfer-encoding'"],
    ['a length that is another', form([`${FIELD}\r\nContent-Length: 2`, 'm']), "'content-length' that is not its own"],
    ['a length that is none', form([`${FIELD}\r\nContent-Length: 0x1`, 'm']), "'content-length' that is not its own"],
    ['a compressed value', form([`${FIELD}\r\nContent-Encoding: gzip`, 'm']), "'content-encoding'"],
    [
      'a form inside a part',
      form([`${FIELD}\r\nContent-Type: multipart/mixed; boundary=c`, '--c--']),
      'a form inside a part',
    ],
  ])('are refused: %s', (_, body, problem) => {
    expect(scan(body)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('are those that were written, whatever they hold', () => {
    const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    const tricky = fc.array(fc.constantFrom('\r', '\n', '-', '--', '--x', '--x--', 'a', '\0', '"'), { maxLength: 12 });
    const name = fc.stringMatching(/^[a-z_]{1,8}(?:\[\])?$/);
    const fields = fc.array(
      fc.tuple(
        name,
        fc.oneof(
          value,
          tricky.map((pieces) => pieces.join('')),
        ),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fields, (parts) => {
        const body = form(
          ...parts.map(([key, text]) => [`Content-Disposition: form-data; name="${key}"`, text] as const),
        );
        // A value that holds the boundary itself ends the property, not the parser.
        fc.pre(parts.every(([, text]) => !text.includes('--b')));
        expect(values(body)).toEqual(parts);
      }),
    );
  });

  it('survive any bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom('--b', '\r\n', '--', '\n', '\r', FIELD, '; filename="x"', '\r\n\r\n', '--b--', ' ', '"', '\\'),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const body = pieces.join('');
        const read = scan(body);
        if ('problem' in read) return;
        for (const { valueStart, valueEnd } of read.parts)
          expect(body.slice(valueStart, valueEnd)).not.toContain('\n--b');
      }),
    );
  });
});
