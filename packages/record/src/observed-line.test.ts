import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleObservation } from './__fixtures__/sample-observation.ts';
import { OBSERVED_START, observedLine } from './observed-line.ts';
import { parseLine } from './parse-line.ts';

describe('a line of an observation', () => {
  it('is read as it was written', () => {
    const line = observedLine(sampleObservation).trimEnd();
    expect(parseLine(line)).toEqual({ kind: 'observed', line, observation: { observed: true, ...sampleObservation } });
  });

  it('begins as readers expect it, is one line, and holds ASCII alone, whatever it is told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const finding = { kind: 'unknown-field', where: `reply 200 a/b /${text}` } as const;
        const line = observedLine({ ...sampleObservation, route: text, findings: [finding] });
        expect(line.startsWith(OBSERVED_START)).toBe(true);
        expect(line).toMatch(/^[ -~]*\n$/);
        expect(parseLine(line.trimEnd())).toMatchObject({ kind: 'observed', observation: { route: text } });
      }),
    );
  });

  const deep = (levels: number): object => (levels === 0 ? { types: [] } : { types: [], items: deep(levels - 1) });
  it.each<[string, object]>([
    ['without an api', { api: undefined }],
    ['whose time is a text', { time: '5' }],
    ['whose operation is a number', { operation: 5 }],
    ['whose ways are no texts', { shown: [1] }],
    ['with too much in it', { seen: Array.from({ length: 1001 }, () => 'x') }],
    ['with a finding of no kind', { findings: [{ kind: 'other', where: '' }] }],
    ['with a finding nowhere', { findings: [{ kind: 'type' }] }],
    ['with a shape without types', { findings: [{ kind: 'type', where: '', shape: { members: {} } }] }],
    ['with a shape that is too deep', { findings: [{ kind: 'type', where: '', shape: deep(40) }] }],
    ['that says it is none', { observed: false }],
  ])('%s is none', (_, change) => {
    expect(parseLine(JSON.stringify({ observed: true, ...sampleObservation, ...change }))).toBeUndefined();
  });
});
