import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternSpotter } from './pattern-spotter.ts';

function found(pattern: string, text: string, goesOn = false): readonly string[] {
  const spots = patternSpotter(pattern)?.()(text, goesOn).spots;
  return spots?.map(({ start, end }) => text.slice(start, end)) ?? expect.fail('no pattern');
}

describe('patternSpotter', () => {
  it.each<[string, string, readonly string[]]>([
    ['a', 'banana', ['a', 'a', 'a']],
    ['an', 'banana', ['an', 'an']],
    ['a|ab|abc', 'abcab', ['abc', 'ab']],
    ['[A-Z]{2}\\d+', 'x AB12 CD3', ['AB12', 'CD3']],
    ['^a', 'aa', ['a']],
    ['a$', 'aa', ['a']],
    ['\\bcat\\b', 'cat scat cat', ['cat', 'cat']],
    ['(?:ab)+', 'xababy', ['abab']],
    ['ü\u{1F3EF}?', 'aü\u{1F3EF}üb', ['ü\u{1F3EF}', 'ü']],
    ['a.{0,3}b', 'axxb axxxxb', ['axxb']],
    ['x', 'abc', []],
  ])('%s finds in %s what it matches, leftmost and longest', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected);
  });

  it.each(['(', 'a*', '', '^', '(?=a)b', '(a)\\1', '[a-z]{1,999}', '(?<!a)b'])('takes no %j', (pattern) => {
    expect(patternSpotter(pattern)).toBeUndefined();
  });

  it('finds what Node finds, where the longest is the first that fits', () => {
    const part = fc.constantFrom('a', 'b', '[ab]', '\\d', '[^a]', '.', 'c?', '\\w+', 'b*', '(?:ab)+', 'a{1,2}', '\\b');
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', 'é'), maxLength: 20 });
    fc.assert(
      fc.property(pattern, text, (source, said) => {
        const spotter = patternSpotter(source)?.();
        if (spotter === undefined) return;
        const { spots } = spotter(said, false);
        // Where one begins, Node's begins too, and is no longer; none is missed.
        const first = new RegExp(source, 'u').exec(said);
        expect(spots[0]?.start).toBe(first?.index);
        expect((spots[0]?.end ?? 0) - (spots[0]?.start ?? 0)).toBeGreaterThanOrEqual(first?.[0].length ?? 0);
        const uncovered = spots.reduceRight(
          (rest, { start, end }) => rest.slice(0, start) + '\n'.repeat(end - start) + rest.slice(end),
          said,
        );
        for (const { start, end } of spots)
          expect(new RegExp(`^(?:${source.replaceAll('\\b', '')})$`, 'u').test(said.slice(start, end))).toBe(true);
        expect(uncovered).toHaveLength(said.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('holds back what may go on, wherever a text is cut off', () => {
    const text = 'a CUST-123456 b CUST-654321';
    const spotter = patternSpotter('CUST-\\d{6}')?.();
    for (let end = 0; end <= text.length; end++) {
      const { spots, decided } = spotter?.(text.slice(0, end), true) ?? expect.fail();
      let shown = text.slice(0, decided);
      for (const spot of spots.toReversed()) shown = shown.slice(0, spot.start) + shown.slice(spot.end);
      expect(shown).not.toMatch(/CU|\d/);
    }
  });

  it('gives up in time, and says from where it has not looked', () => {
    const spotter = patternSpotter('(?:a?){60}a{60}(?:a|b)*c')?.() ?? expect.fail();
    const text = 'a'.repeat(200_000);
    const before = performance.now();
    expect(spotter(text, false).decided).toBeLessThan(text.length);
    // Of what it is shown afterwards it knows nothing.
    expect(spotter('ab', false).decided).toBe(0);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
