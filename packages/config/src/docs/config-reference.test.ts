import { describe, expect, it } from 'vitest';
import { POLICIES } from '../__fixtures__/compile-text.ts';
import { configReference } from './config-reference.ts';

const reference = configReference(POLICIES);
const lines = reference.split('\n');
const rowOf = (field: string): string | undefined => lines.find((line) => line.startsWith(`| \`${field}\` |`));

describe('configReference', () => {
  it('has a section for every map, once', () => {
    const headings = lines.filter((line) => /^##+ /.test(line));
    expect(new Set(headings).size).toBe(headings.length);
    expect(headings).toEqual(
      expect.arrayContaining([
        '## `upstreams.<name>`',
        '## `upstreams.<name>.targets[]`',
        '## `upstreams.<name>.health`',
        '## `apis.<name>.routes[].when`',
        '## `plans.<name>.quota`',
        '## `applications.<name>.keys[]`',
        '## `ai.models.<name>.fallback[]`',
        '## `ai.access[].budget`',
        '## Policies',
        '### `rate-limit`',
        '#### `headers.request`',
      ]),
    );
  });

  it('tells form, default and meaning of a field', () => {
    expect(rowOf('balance')).toBe(
      '| `balance` | `peak-ewma`, `round-robin`, `random`, `least-requests`, `consistent-hash` | `"peak-ewma"` | How a target is chosen. |',
    );
    expect(rowOf('attempts')).toBe(
      '| `attempts` | a whole number from 0 to 10 | `1` | Further tries after the first; 0 for none. |',
    );
    expect(rowOf('interval')).toBe('| `interval` | a duration such as 250ms | `"5s"` | Between two questions. |');
  });

  it('tells what must be written from what may be', () => {
    expect(rowOf('targets')).toContain('|  | Where requests go. |');
    expect(rowOf('health')).toContain('| optional |');
  });

  it('has every row in one line of four cells', () => {
    for (const line of lines.filter((text) => text.startsWith('|'))) {
      expect(line.replaceAll(String.raw`\|`, '').match(/\|/g)).toHaveLength(5);
    }
  });

  it('keeps a bar in a description from ending its cell', () => {
    const [first] = POLICIES;
    if (first === undefined) throw new Error('There is a policy.');
    const schema = { type: 'object', properties: { a: { type: 'string', description: 'x | y\nz' } } };
    expect(configReference([{ ...first, schema }])).toContain(String.raw`| optional | x \| y z |`);
  });

  it('ends with one line break and has no space at the end of a line', () => {
    expect(reference).toMatch(/[^\n]\n$/);
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
  });
});
