import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matcher, SourceModel } from './catalogue-file.ts';
import { ModelFinder } from './model-finder.ts';

describe('ModelFinder', () => {
  const cases: readonly (readonly [matcher: Matcher, matching: string, other: string])[] = [
    [{}, 'the-id', 'the-id-2'],
    [{ equals: ['a', 'b'] }, 'b', 'the-id'],
    [{ starts: ['a-'] }, 'a-1', 'b-a-1'],
    [{ contains: ['.a-'] }, 'x.a-1', 'xa-1'],
    [{ ends: ['-a'] }, 'x-a', 'x-a-'],
    [{ regex: ['^a-\\d{4}$'] }, 'a-2026', 'a-20261'],
    [{ equals: ['z'], starts: ['a'] }, 'z', 'the-id'],
    [{ all: [[{ starts: ['a'] }, { regex: ['^(?!.*-tts)'] }]] }, 'a-pro', 'a-tts'],
    [{ all: [[{ equals: ['a'] }, { contains: ['a'] }]] }, 'a', 'aa'],
  ];
  it.each(cases)('matches by %j', (matcher, matching, other) => {
    const model: SourceModel = { id: 'The-ID', ...matcher };
    const finder = new ModelFinder([model]);
    expect(finder.find(matching)).toBe(model);
    expect(finder.find(other)).toBeUndefined();
  });

  it('takes the first, whether it names or describes', () => {
    const models: SourceModel[] = [
      { id: 'exact', equals: ['a-1'] },
      { id: 'pattern', starts: ['a-'] },
      { id: 'late', equals: ['a-2'] },
      { id: 'a-1' },
    ];
    const finder = new ModelFinder(models);
    expect(['a-1', 'a-2', 'a-3'].map((name) => finder.find(name)?.id)).toEqual(['exact', 'pattern', 'pattern']);
  });

  it('finds what a walk down the list finds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 3 });
    const texts = fc.array(text, { minLength: 1, maxLength: 3 });
    const model = fc.oneof(
      fc.record({ id: text, equals: texts }),
      fc.record({ id: text, starts: texts }),
      fc.record({ id: text, contains: texts, equals: texts }),
      fc.record({ id: text, ends: texts }),
      fc.record({ id: text }),
    );
    fc.assert(
      fc.property(fc.array(model, { maxLength: 8 }), text, (models, name) => {
        const walked = models.find((each: SourceModel) => {
          const { equals, starts, contains, ends } = each;
          if ([equals, starts, contains, ends].every((list) => list === undefined)) return each.id === name;
          return (
            equals?.includes(name) === true ||
            starts?.some((part) => name.startsWith(part)) === true ||
            contains?.some((part) => name.includes(part)) === true ||
            ends?.some((part) => name.endsWith(part)) === true
          );
        });
        expect(new ModelFinder(models).find(name)).toBe(walked);
      }),
    );
  });
});
