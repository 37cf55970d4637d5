import { describe, expect, it } from 'vitest';
import { parseSpec, UnreadableDocument } from '../document/spec-document.ts';
import { baselineOf, baselineText, fingerprintOf, newSince, parseBaseline } from './baseline.ts';
import type { Finding } from './finding.ts';
import { fixedText } from './fix.ts';
import { lint } from './lint.ts';
import { levelIn, PACKS } from './packs.ts';
import { RULES } from './rules.ts';
import type { Axis, Severity } from './rule.ts';
import { scoreOf } from './score.ts';
import { parseWaivers, withoutWaived } from './waivers.ts';

const finding = (rule: string, path: string, severity: Severity = 'error'): Finding => ({
  rule,
  severity,
  message: `about ${rule}`,
  path,
  line: 1,
  column: 1,
});
const AXES = new Map<string, Axis>([
  ['C01', 'consistency'],
  ['C02', 'consistency'],
  ['V01', 'versioning'],
]);

describe('a score', () => {
  const scored = (findings: readonly Finding[], nodes: number): ReturnType<typeof scoreOf> =>
    scoreOf({ findings, nodes, axisOf: AXES });

  it('is full where nothing is found, and has only axes that were judged', () => {
    expect(scored([], 100)).toEqual({
      grade: 'A',
      scores: { overall: 100, consistency: 100, versioning: 100 },
      next: [],
    });
  });

  it('is the same for a document of twice the size with twice the findings', () => {
    const few = [finding('C01', '/a'), finding('V01', '/b', 'warning')];
    expect(scored([...few, ...few], 400).scores).toEqual(scored(few, 200).scores);
  });

  it('falls with the gravity of what is found', () => {
    const of = (severity: Severity): number => scored([finding('C01', '/a', severity)], 40).scores.consistency ?? 0;
    expect([of('info'), of('warning'), of('error')]).toEqual([98, 90, 78]);
  });

  it('names the three fixes that gain most, and what they gain', () => {
    const findings = [finding('C02', '/a', 'info'), finding('C01', '/a'), finding('C01', '/b'), finding('V01', '/c')];
    const { scores, next } = scored(findings, 100);
    expect(next.map(({ rule, findings: count }) => [rule, count])).toEqual([
      ['C01', 2],
      ['V01', 1],
      ['C02', 1],
    ]);
    const mended =
      scored(
        findings.filter(({ rule }) => rule !== 'C01'),
        100,
      ).scores.overall ?? 0;
    expect(mended - (scores.overall ?? 0)).toBeCloseTo(next[0]?.gain ?? 0, -0.5);
  });

  it.each([
    [0, 'A'],
    [8, 'B'],
    [18, 'C'],
    [24, 'D'],
    [60, 'F'],
  ])('of %i errors on 300 nodes is a %s', (errors, grade) => {
    const findings = Array.from({ length: errors }, (_, i) => finding(i % 2 === 0 ? 'C01' : 'V01', '/a'));
    expect(scored(findings, 300).grade).toBe(grade);
  });
});

describe('a waiver', () => {
  const file = (item: string): string => `waivers:\n  - ${item}\n`;
  const GOOD = '{ rule: C01, path: /paths/~1a, reason: old, owner: team-a, expires: 2026-06-30 }';
  const waivers = parseWaivers(parseSpec(file(GOOD), 'w.yaml'));
  const at = (date: string) => withoutWaived([finding('C01', '/paths/~1a/get')], waivers, Date.parse(date));

  it.each(['2026-06-29', '2026-06-30T23:59:00Z'])('takes a finding below its path away on %s', (date) => {
    expect(at(date)).toMatchObject({ findings: [], waived: [{ rule: 'C01' }], expired: [] });
  });

  it('gives it back when it has expired', () => {
    expect(at('2026-07-01')).toMatchObject({ findings: [{ rule: 'C01' }], waived: [], expired: [{ owner: 'team-a' }] });
  });

  it.each([
    ['another rule', finding('C02', '/paths/~1a')],
    ['a path that only begins alike', finding('C01', '/paths/~1ab')],
    ['a path above', finding('C01', '/paths')],
  ])('leaves %s alone', (_, other) => {
    expect(withoutWaived([other], waivers, 0).findings).toEqual([other]);
  });

  it.each([
    ['{ path: "", reason: a, owner: b, expires: 2026-06-30 }', /needs `rule`/],
    ['{ rule: C01, reason: a, owner: b, expires: 2026-06-30 }', /needs `path`/],
    ['{ rule: C01, path: "", reason: " ", owner: b, expires: 2026-06-30 }', /needs `reason`/],
    ['{ rule: C01, path: "", reason: a, expires: 2026-06-30 }', /needs `owner`/],
    ['{ rule: C01, path: "", reason: a, owner: b }', /needs `expires`/],
    ['{ rule: C01, path: "", reason: a, owner: b, expires: 2026-02-30 }', /is a date/],
    ['{ rule: C01, path: paths, reason: a, owner: b, expires: 2026-06-30 }', /JSON pointer/],
    ['1', /expected rule/],
  ])('says what is missing in %s', (item, message) => {
    expect(() => parseWaivers(parseSpec(file(item), 'w.yaml'))).toThrow(message);
    expect(() => parseWaivers(parseSpec(file(item), 'w.yaml'))).toThrow(UnreadableDocument);
  });
});

describe('a baseline', () => {
  const old = [finding('C01', '/paths/~1a/get/parameters/0'), finding('C01', '/paths/~1b')];
  const baseline = parseBaseline(parseSpec(baselineText(baselineOf(old)), 'b.json'));

  it('forgives what it knows, wherever lines and lists have moved to', () => {
    expect(newSince([{ ...finding('C01', '/paths/~1a/get/parameters/3'), line: 9 }], baseline)).toEqual([]);
  });

  it('forgives as many as there were', () => {
    const twice = [0, 1].map((i) => finding('C01', `/paths/~1a/get/parameters/${i}`));
    expect(newSince(twice, baseline)).toEqual(twice.slice(1));
  });

  it('tells what is new', () => {
    const fresh = [finding('C02', '/paths/~1b'), finding('C01', '/paths/~1c')];
    expect(newSince([...old, ...fresh], baseline)).toEqual(fresh);
  });

  it('gives one print to one finding', () => {
    expect(new Set(old.map(fingerprintOf)).size).toBe(2);
  });

  it.each(['{}', '[]', '{"baseline":2,"fingerprints":{}}', '{"baseline":1,"fingerprints":{"a":"b"}}'])(
    'refuses %s',
    (text) => expect(() => parseBaseline(parseSpec(text, 'b.json'))).toThrow(UnreadableDocument),
  );
});

describe('packs', () => {
  it.each(Object.entries(PACKS))('%s names rules of the catalogue only', (_, pack) => {
    for (const id of Object.keys(pack.rules))
      expect(id).toMatch(/^(?:C(?:0\d|1\d|2[0-6])|V(?:0\d|1[0-2])|D(?:0\d|1[0-4])|S(?:0\d|1\d))$/);
  });

  it('recommended takes every rule as it is, strict as no milder, none not at all', () => {
    for (const rule of RULES) {
      expect(levelIn(PACKS['recommended'] ?? never(), rule)).toBe(rule.severity);
      expect(levelIn(PACKS['strict'] ?? never(), rule)).not.toBe('info');
      expect(levelIn(PACKS['none'] ?? never(), rule)).toBe('off');
    }
  });

  it('refuses a pack that does not exist', () => {
    expect(() => lint(parseSpec('openapi: 3.1.0', 'a.yaml'), { nowMs: 0, pack: 'constructor' })).toThrow(RangeError);
  });
});

function never(): never {
  throw new Error('there is no such pack');
}

describe('a fix', () => {
  const fixed = (text: string): string | undefined => {
    const document = parseSpec(text, 'a.yaml');
    return fixedText(document, lint(document, { nowMs: 0 }).findings);
  };

  it('writes down what was meant, in the style of the file, and leaves the rest as it is', () => {
    const before = `openapi: 3.1.0
paths:
  /a/{id}: # kept
    get:
      parameters:
        - name: id # kept too
          in: path
        - { name: ids, in: query, schema: { type: array } }
`;
    const after = fixed(before);
    expect(after).toBe(
      before
        .replace('- name: id #', '- required: true\n          name: id #')
        .replace('- { name: ids', '- { style: form, explode: true, name: ids'),
    );
    expect(fixed(after ?? '')).toBeUndefined();
  });

  it.each([
    [
      '{"openapi":"3.1.0","paths":{"/a/{id}":{"get":{"parameters":[{"name":"id","in":"path"}]}}}}',
      '{"required": true, "name":"id"',
    ],
    [
      '{\n "openapi": "3.1.0", "paths": {"/a/{id}":{"get":{"parameters":[{\n  "name":"id",\n  "in":"path"}]}}}}',
      '{\n  "required": true,\n  "name":"id"',
    ],
  ])('writes JSON into JSON', (before, part) => {
    expect(fixed(before)).toBe(before.replace(/\{\s*"name":"id"/, part));
  });

  it('leaves alone what only people can decide', () => {
    expect(fixed('openapi: 3.1.0\npaths: { /A: { get: {} } }\n')).toBeUndefined();
  });

  it('writes behind an anchor, once for all its aliases', () => {
    const shared = '&p { name: id, in: path }';
    const text = `openapi: 3.1.0\npaths:\n  /a/{id}: { get: { parameters: [${shared}] } }\n  /b/{id}: { get: { parameters: [*p] } }\n`;
    expect(parseSpec(fixed(text) ?? '', 'a.yaml').root).toMatchObject({
      paths: { '/b/{id}': { get: { parameters: [{ required: true }] } } },
    });
  });
});
