import { describe, expect, it } from 'vitest';
import { parseOpenMetrics } from './parse-open-metrics.ts';

const END = '# EOF\n';

describe('the reader of OpenMetrics that tests use', () => {
  it('reads labels with every escape, and exemplars', () => {
    const text = `# TYPE a counter\n# HELP a b\na_total{x="\\"\\\\\\n} # {"} 1 # {trace_id="q"} 0.5 1.2\n${END}`;
    expect(parseOpenMetrics(text).get('a')?.samples).toEqual([
      { name: 'a_total', labels: { x: '"\\\n} # {' }, value: 1, exemplar: { trace_id: 'q' } },
    ]);
  });

  it.each([
    ['no end', '# TYPE a gauge\na 1\n'],
    ['something behind the end', `${END}a 1\n`],
    ['an end without its line feed', '# EOF'],
    ['a sample of no family', `a 1\n${END}`],
    ['a sample of another family', `# TYPE a gauge\nb 1\n${END}`],
    ['a counter without _total', `# TYPE a counter\na 1\n${END}`],
    ['a family that comes twice', `# TYPE a gauge\na 1\n# TYPE b gauge\n# TYPE a gauge\n${END}`],
    ['a description behind samples', `# TYPE a gauge\na 1\n# HELP a x\n${END}`],
    ['a unit that the name does not end in', `# TYPE a gauge\n# UNIT a seconds\na 1\n${END}`],
    ['one label set twice', `# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 1\n${END}`],
    ['one label twice', `# TYPE a gauge\na{x="1",x="2"} 1\n${END}`],
    ['an unknown escape', `# TYPE a gauge\na{x="\\t"} 1\n${END}`],
    ['a trailing comma', `# TYPE a gauge\na{x="1",} 1\n${END}`],
    ['no value', `# TYPE a gauge\na{x="1"}\n${END}`],
    ['a counter below zero', `# TYPE a counter\na_total -1\n${END}`],
    ['an exemplar of a gauge', `# TYPE a gauge\na 1 # {x="y"} 1\n${END}`],
    ['an exemplar that is too long', `# TYPE a counter\na_total 1 # {x="${'y'.repeat(128)}"} 1\n${END}`],
    ['two families with one sample', `# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 1\n${END}`],
    [
      'buckets that fall',
      `# TYPE a histogram\na_bucket{le="1.0"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n${END}`,
    ],
    ['no bucket for all', `# TYPE a histogram\na_bucket{le="1.0"} 2\na_count 2\na_sum 1\n${END}`],
    ['a count of its own', `# TYPE a histogram\na_bucket{le="+Inf"} 2\na_count 3\na_sum 1\n${END}`],
    ['an empty line', `# TYPE a gauge\n\na 1\n${END}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseOpenMetrics(text)).toThrow(/./);
  });
});
