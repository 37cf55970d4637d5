import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

/** RFC 8785 §3.2.2, §3.2.3 and appendix B. */
const cases: Readonly<Record<string, readonly [value: unknown, text: string]>> = {
  'writes numbers as ECMAScript does': [
    [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 1e-27, -0, 1e21, 5e-324],
    '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,5e-324]',
  ],
  'escapes what must be escaped, and nothing else': ['\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
  'orders members by UTF-16 code units': [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}',
  ],
  'leaves out members that are not there': [{ a: undefined, b: null }, '{"b":null}'],
};

describe('canonical JSON', () => {
  for (const [name, [value, text]] of Object.entries(cases)) it(name, () => expect(canonicalJson(value)).toBe(text));

  it('is one text for one value, and reads as that value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
