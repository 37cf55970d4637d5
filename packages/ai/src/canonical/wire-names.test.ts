import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireNames, type NameRule } from './wire-names.ts';

const TOOL: NameRule = { allowed: 'A-Za-z0-9_-', charsMax: 64 };
const MISTRAL_ID: NameRule = { allowed: 'A-Za-z0-9', charsMax: 9, exact: true };
const GEMINI: NameRule = { allowed: String.raw`\w.:-`, charsMax: 64, first: 'A-Za-z_' };
const RULES = [TOOL, MISTRAL_ID, GEMINI, { allowed: '0-9', charsMax: 12, first: '1-9' }];

const fitting = (rule: NameRule): RegExp => {
  const length = rule.exact === true ? `{${rule.charsMax}}` : `{1,${rule.charsMax}}`;
  return new RegExp(`^(?=[${rule.first ?? rule.allowed}])[${rule.allowed}]${length}$`);
};

describe('wireNames', () => {
  it('leaves names that fit', () => {
    const names = wireNames(['get_weather', 'a'.repeat(64)], TOOL);
    expect(names.toWire('get_weather')).toBe('get_weather');
    expect(names.toWire('a'.repeat(64))).toBe('a'.repeat(64));
    expect(names.fromWire('get_weather')).toBe('get_weather');
  });

  it('keeps what is readable of the others', () => {
    expect(wireNames(['github.search issues'], TOOL).toWire('github.search issues')).toMatch(
      /^github_search_issues_\w{10}$/,
    );
    expect(wireNames(['1st'], GEMINI).toWire('1st')).toMatch(/^_1st_\w{10}$/);
    expect(wireNames(['toolu_01A'], MISTRAL_ID).toWire('toolu_01A')).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(wireNames([''], TOOL).toWire('')).toMatch(/\w/);
  });

  it('maps a name alike in every set and in every order', () => {
    const alone = wireNames(['a.b'], TOOL).toWire('a.b');
    expect(wireNames(['x.y', 'a_b', 'a.b'], TOOL).toWire('a.b')).toBe(alone);
    expect(wireNames(['a.b', 'x.y'], TOOL).toWire('a.b')).toBe(alone);
  });

  it('gives way to a name that fits and is like a mapped one', () => {
    const taken = wireNames(['a.b'], TOOL).toWire('a.b');
    const names = wireNames(['a.b', taken], TOOL);
    expect(names.toWire(taken)).toBe(taken);
    expect(names.toWire('a.b')).not.toBe(taken);
    expect(names.fromWire(names.toWire('a.b'))).toBe('a.b');
  });

  it('maps names that come later, too', () => {
    const names = wireNames(['a.b'], TOOL);
    const taken = names.toWire('a.b');
    expect(names.fromWire(names.toWire(taken))).toBe(taken);
    expect(names.fromWire(names.toWire('später'))).toBe('später');
    expect(names.fromWire('never seen')).toBe('never seen');
  });

  it('is injective, reversible and within the rule', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '.', '_'), maxLength: 80 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), fc.constantFrom(...RULES), (names, rule) => {
        const wire = wireNames(names, rule);
        const wires = names.map((one) => wire.toWire(one));
        expect(new Set(wires).size).toBe(names.length);
        expect(wires.map((one) => wire.fromWire(one))).toEqual(names);
        for (const one of wires) expect(one).toMatch(fitting(rule));
        expect(names.filter((one) => fitting(rule).test(one) && wire.toWire(one) !== one)).toEqual([]);
      }),
    );
  });
});
