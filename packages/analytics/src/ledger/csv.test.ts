import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError, csvText, readCsv } from './csv.ts';

describe('a table of comma-separated values', () => {
  it.each<[string, string, string[][]]>([
    [
      'has records and fields',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'may end without an end of line',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'may have other ends of lines',
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['has quoted fields', '"a,""b""\r\n",c', [['a,"b"\r\n', 'c']]],
    [
      'has empty fields, also at the end',
      ',a,\n"",,\n',
      [
        ['', 'a', ''],
        ['', '', ''],
      ],
    ],
    ['loses empty lines', '\n\na,b\n\n', [['a', 'b']]],
    [
      'may have semicolons or tabs',
      'a;b\n1;"2;3"',
      [
        ['a', 'b'],
        ['1', '2;3'],
      ],
    ],
    ['may begin with a mark', '\uFEFFa,b', [['a', 'b']]],
    ['is nothing where there is nothing', '', []],
  ])('%s', (_, text, expected) => expect(readCsv(text)).toEqual(expected));

  it.each([
    ['a,"b', 'record 1: a quote is not closed'],
    ['a,b\n"c"d,e', 'record 2: something stands behind a closing quote'],
  ])('is none as %j', (text, why) => expect(() => readCsv(text)).toThrow(why));

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\n=x'])('makes no formula of the text %j', (text) => {
    const [[field = ''] = []] = readCsv(csvText([[text, 'x']]));
    expect(field).toBe(`'${text}`);
  });

  it('leaves negative numbers alone', () => {
    expect(csvText([[-5n, { number: '-0.000001' }, 7, 'x']])).toBe('-5,-0.000001,7,x\r\n');
  });

  it('is read as it was written', () => {
    const field = fc
      .string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ';', ' ', 'é') })
      .map((text) => `x${text}`);
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, (rows) => {
        expect(readCsv(csvText([['x,', 'x,', 'x'], ...rows])).slice(1)).toEqual(rows);
      }),
    );
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ';', '\t', '\u0000') }), (text) => {
        try {
          for (const record of readCsv(text)) expect(record.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CsvError);
        }
      }),
    );
  });
});
