import { describe, expect, it } from 'vitest';
import { isObject } from '../document/json-value.ts';
import { parseSpec } from '../document/spec-document.ts';
import type { Finding } from './finding.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { RULES } from './rules.ts';
import type { Rule } from './rule.ts';
import { runRules } from './run-rules.ts';

const NOW = Date.parse('2026-06-01');
const asDocument = (part: string): string => (part.includes('openapi:') ? part : `openapi: 3.1.0\n${part}`);

function found(rule: Rule, part: string): readonly Finding[] {
  const document = parseSpec(asDocument(part), 'example.yaml');
  const earlier = rule.earlier === undefined ? undefined : parseSpec(asDocument(rule.earlier), 'earlier.yaml').root;
  const previous = isObject(earlier) ? earlier : undefined;
  return runRules({ document, rules: [[rule, rule.severity]], options: DEFAULT_OPTIONS, previous, nowMs: NOW })
    .findings;
}

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  it('finds its own bad example', () => {
    const findings = found(rule, rule.bad);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.map((finding) => finding.severity)).toContain(rule.severity);
  });

  it('finds nothing in its own good example', () => {
    expect(found(rule, rule.good)).toEqual([]);
  });
});

it('gives each rule an id of its own, in order', () => {
  const ids = RULES.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
  for (const id of ids) expect(id).toMatch(/^[CVDS]\d\d$/);
});
