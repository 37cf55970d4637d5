import type { Observation } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ledgerOf, observed, withFindings } from './__fixtures__/observations.ts';
import { DriftLedger } from './drift-ledger.ts';

const SURE_OPERATION = 'GET /things';

describe('a ledger of drift', () => {
  it('counts what was found, and knows when first and last', () => {
    const unknown = { kind: 'unknown-field', where: 'reply 200 application/json /a' } as const;
    const calls = [
      observed({ time: 50, findings: [{ ...unknown, shape: { types: ['string'] } }] }),
      observed({ time: 20, findings: [{ ...unknown, shape: { types: ['null'] } }], status: 201 }),
      observed({ time: 30 }),
    ];
    expect(ledgerOf(...calls)).toMatchObject({
      samples: 3,
      fromMs: 20,
      toMs: 50,
      operations: {
        [SURE_OPERATION]: {
          samples: 3,
          firstMs: 20,
          lastMs: 50,
          statuses: { 200: 2, 201: 1 },
          seen: { 'reply 200': [3, 50] },
          findings: [{ ...unknown, count: 2, firstMs: 20, lastMs: 50, shape: { types: ['null', 'string'] } }],
          mixes: { 1: 2 },
        },
      },
    });
  });

  const finding = fc.record({
    kind: fc.constantFrom('unknown-field', 'type', 'undeclared-parameter', 'enum-value'),
    where: fc.constantFrom('query a', 'query b', 'reply 200 application/json /a', 'request application/json /b/*'),
    shape: fc.constantFrom({ types: ['string'] }, { types: ['object'], members: { x: { types: ['null'] } } }),
  });
  const observation = fc.record({
    time: fc.nat(100),
    status: fc.constantFrom(200, 404),
    operation: fc.constantFrom(SURE_OPERATION, 'POST /things', undefined),
    path: fc.constantFrom('/other', '/other/7', '/other/8'),
    findings: fc.array(finding, { maxLength: 3 }),
    shown: fc.subarray(['bearer', 'basic']),
  });
  const observations = fc.array(
    observation.map((change) => observed(change)),
    { maxLength: 20 },
  );

  it('is the same when it is kept and taken up again, wherever that is', () => {
    fc.assert(
      fc.property(observations, fc.nat(20), (all, at) => {
        const ledger = DriftLedger.of(JSON.parse(JSON.stringify(ledgerOf(...all.slice(0, at)))));
        for (const each of all.slice(at)) ledger.add(each);
        expect(JSON.stringify(ledger)).toBe(JSON.stringify(ledgerOf(...all)));
      }),
    );
  });

  it('counts the same in any order', () => {
    const counts = (all: readonly Observation[]): unknown => {
      const { operations, ...rest } = ledgerOf(...all);
      const found = Object.entries(operations).map(([key, { findings, samples, firstMs, lastMs }]) => [
        key,
        samples,
        firstMs,
        lastMs,
        findings.map((each) => JSON.stringify({ ...each, number: 0 }, Object.keys(each).toSorted())).toSorted(),
      ]);
      return [rest.samples, rest.fromMs, rest.toMs, found.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))];
    };
    fc.assert(
      fc.property(observations, (all) => {
        const served = all.filter(({ operation }) => operation !== undefined);
        expect(counts(served.toReversed())).toEqual(counts(served));
      }),
    );
  });

  it('stays small whatever callers send, and keeps what was found elsewhere', () => {
    const ledger = new DriftLedger();
    for (let at = 0; at < 20_000; at++) {
      const name = `n${at}`;
      ledger.add(withFindings({ kind: 'undeclared-parameter', where: `query ${name}` }));
      ledger.add(withFindings({ kind: 'unknown-field', where: `request application/json /${name}` }));
      ledger.add(
        observed({ operation: undefined, path: `/p${at % 3000}x`, document: name, shown: [name], status: 200 }),
      );
    }
    ledger.add(withFindings({ kind: 'unknown-field', where: 'reply 200 application/json /real' }));
    const state = ledger.toJSON();
    expect(JSON.stringify(state).length).toBeLessThan(500_000);
    const { findings = [] } = state.operations[SURE_OPERATION] ?? {};
    expect(findings.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['reply 200 application/json /real', 'query *', 'request application/json /*']),
    );
    expect(findings.reduce((sum, { count }) => sum + count, 0)).toBe(40_001);
    expect(state.samples).toBe(60_001);
  });
});

describe('calls that no operation is for', () => {
  const shadows = (...calls: readonly (readonly [path: string, status: number])[]): readonly string[] =>
    Object.entries(
      ledgerOf(...calls.map(([path, status]) => observed({ operation: undefined, path, status }))).shadows,
    ).map(([key, { samples }]) => `${key} ${samples}`);

  it.each<[string, readonly (readonly [string, number])[], readonly string[]]>([
    ['are joined where a segment is a value', [['/jobs/1', 200], ['/jobs/2', 200]], ['GET /jobs/* 2']],
    ['are none where the service refuses', [['/jobs', 404], ['/admin', 403]], []],
    ['are counted when it refuses what is there', [['/jobs', 200], ['/jobs', 422], ['/jobs', 404]], ['GET /jobs 2']],
  ])('%s', (_, calls, expected) => expect(shadows(...calls)).toEqual(expected)); // prettier-ignore
});
