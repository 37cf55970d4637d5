import { parseOpenMetrics } from '@gatehouse/telemetry/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../__fixtures__/records.ts';
import { formatFor } from './accept.ts';
import { isWhole, joined } from './join.ts';
import { familyLines, type MetricFamily } from './metric-family.ts';
import { asPlainText } from './plain-text.ts';

const CALLS: MetricFamily = { name: 'calls', kind: 'counter', help: 'Calls.', labels: ['a', 'b'] };
const text = (lines: readonly string[]): string => [...lines, '# EOF', ''].join('\n');

describe('labels', () => {
  it('come back from a strict reader as they were, whatever is in them', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        const values = [a.toWellFormed(), b.toWellFormed()];
        const { samples = [] } = parseOpenMetrics(text(familyLines(CALLS, [{ values, value: 3 }]))).get('calls') ?? {};
        const given = Object.entries({ a: values[0], b: values[1] }).filter(([, value]) => value !== '');
        expect(samples).toEqual([{ name: 'calls_total', labels: Object.fromEntries(given), value: 3 }]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('which format is answered', () => {
  it.each([
    ['nobody who says nothing', undefined, 'plain'],
    ['curl and browsers', '*/*', 'plain'],
    ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', 'plain'],
    [
      'Prometheus 2',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      'openmetrics',
    ],
    ['one that would rather have text', 'application/openmetrics-text;q=0.5, text/plain', 'plain'],
    ['one that can read 0.0.1 only', 'application/openmetrics-text; version=0.0.1', 'plain'],
    ['one that refuses it', 'application/openmetrics-text;q=0', 'plain'],
    ['capitals and spaces', ' Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.9 ', 'openmetrics'],
    ['a version in quotes', 'application/openmetrics-text; version="1.0.0"', 'openmetrics'],
    ['a weight that is none', 'application/openmetrics-text;q=much', 'openmetrics'],
  ])('%s', (_, accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });

  it('is one of two, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect(['openmetrics', 'plain']).toContain(formatFor(accept));
      }),
    );
  });
});

describe('the older text', () => {
  it.each([
    [
      'calls a counter as its samples are',
      '# TYPE a counter\n# HELP a b c.\na_total 1\n',
      '# TYPE a_total counter\n# HELP a_total b c.\na_total 1\n',
    ],
    ['makes a gauge of an info', '# TYPE a info\na_info{v="1"} 1\n', '# TYPE a_info gauge\na_info{v="1"} 1\n'],
    [
      'knows no units and no end',
      '# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n',
      '# TYPE a_seconds gauge\na_seconds 1\n',
    ],
    [
      'knows no exemplars',
      '# TYPE a counter\na_total{x="1"} 1 # {trace_id="q"} 0.5 1.2\n',
      '# TYPE a_total counter\na_total{x="1"} 1\n',
    ],
    [
      'keeps what looks like an exemplar in a label',
      '# TYPE a counter\na_total{x="} 1 # {\\"\\\\"} 1\n',
      '# TYPE a_total counter\na_total{x="} 1 # {\\"\\\\"} 1\n',
    ],
  ])('%s', (_, openMetrics, plain) => {
    expect(asPlainText(openMetrics)).toBe(plain);
  });

  it('has every sample with its labels, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 2, maxLength: 2 }), (values) => {
        const lines = familyLines(CALLS, [{ values: values.map((value) => value.toWellFormed()), value: 3 }]);
        const withExemplar = `${lines[2]} # {trace_id="q"} 0.5`;
        const plain = asPlainText(text([...lines.slice(0, 2), withExemplar]));
        expect(plain).toBe(['# TYPE calls_total counter', '# HELP calls_total Calls.', lines[2], ''].join('\n'));
      }),
    );
  });
});

describe('texts that are joined', () => {
  const first = '# TYPE a gauge\na 1\n# EOF\n';

  it.each([
    ['have one end', [first, '# TYPE b gauge\nb 1\n# EOF\n'], '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# EOF\n'],
    [
      'have no family twice',
      [first, '# TYPE a gauge\n# HELP a x\na 2\n# TYPE b gauge\nb 1\n# EOF\n'],
      '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# EOF\n',
    ],
    ['lose what stands behind an end, or before a family', [`x 1\n${first}b 1\n`], first],
    ['are empty without families', ['# EOF\n', ''], '# EOF\n'],
  ])('%s', (_, texts, expected) => {
    expect(joined(texts)).toBe(expected);
  });

  it('do not end in the middle of a label', () => {
    const lines = familyLines(CALLS, [{ values: ['\u2028# EOF\u2028# TYPE x gauge\r', ''], value: 1 }]);
    expect(joined([text(lines)])).toBe(text(lines));
  });

  it.each([
    ['# EOF\n', true],
    [first, true],
    ['# TYPE a gauge\na 1\n', false],
    ['a # EOF\n', false],
    ['', false],
  ])('%j is whole: %s', (openMetrics, expected) => {
    expect(isWhole(openMetrics)).toBe(expected);
  });
});
