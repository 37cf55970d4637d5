import { describe, expect, it } from 'vitest';
import { foundBy } from './__fixtures__/found.ts';
import { RULES } from './rules.ts';

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  const { earlier, enforced } = rule;

  it('finds its own bad example', () => {
    const severities = foundBy(rule, { text: rule.bad, earlier, enforced }).map(({ severity }) => severity);
    expect(severities).toContain(rule.severity);
  });

  it('finds nothing in its own good example', () => {
    expect(foundBy(rule, { text: rule.good, earlier, enforced })).toEqual([]);
  });
});

it('gives each rule an id of its own, in order', () => {
  const ids = RULES.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
  for (const id of ids) expect(id).toMatch(/^[CVDS]\d\d$/);
});
