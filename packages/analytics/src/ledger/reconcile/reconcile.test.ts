import { describe, expect, it } from 'vitest';
import type { LedgerSumsRow } from '../ledger-store.ts';
import { reconcile, type Reconciliation } from './reconcile.ts';
import { reconciliationCsv, reconciliationText } from './reconciliation-text.ts';
import type { VendorUsage } from './vendor-usage.ts';

const DAY = Date.parse('2026-11-24T00:00:00Z');
const DAY_MS = 86_400_000;

interface Own {
  readonly day?: number;
  readonly model?: string;
  readonly calls?: bigint;
  readonly cost?: bigint;
  readonly estimated?: bigint;
}

function ours({ day = 0, model = 'm', calls = 10n, cost = 1_000_000n, estimated = 0n }: Own = {}): LedgerSumsRow {
  return {
    key: { model },
    atMs: DAY + day * DAY_MS,
    calls,
    inputTokens: 1000n,
    cachedTokens: 100n,
    outputTokens: 500n,
    reasoningTokens: 0n,
    costMicroUsd: cost,
    reratedMicroUsd: 0n,
    estimatedCalls: estimated,
  };
}

function theirs(usage: Partial<VendorUsage> = {}): VendorUsage {
  return {
    dayMs: DAY,
    model: 'm',
    inputTokens: 1000n,
    cachedTokens: 100n,
    outputTokens: 500n,
    requests: 10n,
    costPicoUsd: 1_000_000_000_000n,
    ...usage,
  };
}

function verdicts(own: readonly LedgerSumsRow[], usage: readonly VendorUsage[], tolerancePercent = 0): Reconciliation {
  return reconcile(own, { usage, daysMs: [] }, { tolerancePercent });
}

describe('a ledger and an export', () => {
  it.each<[string, readonly LedgerSumsRow[], readonly VendorUsage[], number, readonly string[]]>([
    ['agree where all is the same', [ours()], [theirs()], 0, ['2026-11-24 m agrees']],
    ['differ by one token', [ours()], [theirs({ outputTokens: 501n })], 0, ['2026-11-24 m differs']],
    ['agree by what is within', [ours()], [theirs({ outputTokens: 501n })], 0.2, ['2026-11-24 m agrees']],
    ['differ by what is just not within', [ours()], [theirs({ outputTokens: 501n })], 0.19, ['2026-11-24 m differs']],
    [
      'differ by less than a micro-dollar, where nothing is tolerated',
      [ours()],
      [theirs({ costPicoUsd: 1_000_000_000_001n })],
      0,
      ['2026-11-24 m differs'],
    ],
    [
      'agree where the export does not say',
      [ours()],
      [theirs({ costPicoUsd: undefined, requests: undefined, cachedTokens: undefined })],
      0,
      ['2026-11-24 m agrees'],
    ],
    [
      'show what only one of them has',
      [ours({ model: 'a' })],
      [theirs({ model: 'b' })],
      0,
      ['2026-11-24 a only ours', '2026-11-24 b only theirs'],
    ],
    [
      'show days that only one of them has',
      [ours(), ours({ day: 1 })],
      [theirs()],
      0,
      ['2026-11-24 m agrees', '2026-11-25 m only ours'],
    ],
    [
      'are compared by the model where a day stands in its name',
      [ours({ model: 'gpt-5' })],
      [theirs({ model: 'gpt-5-2025-08-07' })],
      0,
      ['2026-11-24 gpt-5 agrees'],
    ],
    [
      'are compared by the version where both name it',
      [ours({ model: 'c-20260101' }), ours({ model: 'c-20260202' })],
      [theirs({ model: 'c-20260101' }), theirs({ model: 'c-20260202' })],
      0,
      ['2026-11-24 c-20260101 agrees', '2026-11-24 c-20260202 agrees'],
    ],
    [
      'are compared as a whole where the export knows no models',
      [ours({ model: 'a' }), ours({ model: 'b' })],
      [
        theirs({
          model: '',
          costPicoUsd: 2_000_000_000_000n,
          requests: undefined,
          inputTokens: undefined,
          cachedTokens: undefined,
          outputTokens: undefined,
        }),
      ],
      0,
      ['2026-11-24  agrees'],
    ],
    [
      'have what stands in several rows added up',
      [ours({ calls: 20n })],
      [
        theirs({ requests: 15n, inputTokens: 600n, cachedTokens: 0n, outputTokens: 0n, costPicoUsd: 0n }),
        theirs({ requests: 5n, inputTokens: 400n }),
      ],
      0,
      ['2026-11-24 m agrees'],
    ],
  ])('%s', (_, own, usage, tolerancePercent, expected) => {
    const { rows, verdict } = verdicts(own, usage, tolerancePercent);
    expect(rows.map((row) => `${row.day} ${row.model} ${row.verdict}`)).toEqual(expected);
    expect(verdict).toBe(expected.every((line) => line.endsWith(' agrees')) ? 'agrees' : 'differs');
  });

  it('leave out what is nothing on both sides', () => {
    const nothing = { inputTokens: 0n, cachedTokens: 0n, outputTokens: 0n, requests: 0n, costPicoUsd: 0n };
    expect(verdicts([], [theirs(nothing)])).toMatchObject({ verdict: 'agrees', rows: [] });
  });

  const found = verdicts(
    [ours({ cost: 1_000_001n, estimated: 3n }), ours({ day: 1 })],
    [theirs(), theirs({ dayMs: DAY - DAY_MS, model: '=x' })],
  );

  it('are told of to people', () => {
    expect(reconciliationText(found)).toBe(`2026-11-23  =x  only theirs
    requests: ours 0, theirs 10, difference -10
    input tokens: ours 0, theirs 1000, difference -1000
    cached tokens: ours 0, theirs 100, difference -100
    output tokens: ours 0, theirs 500, difference -500
    USD: ours 0.000000, theirs 1.000000, difference -1.000000
2026-11-24  m  differs
    USD: ours 1.000001, theirs 1.000000, difference 0.000001
    3 calls are estimated
2026-11-25  m  only ours
    requests: ours 10, the export does not say
    input tokens: ours 1000, the export does not say
    cached tokens: ours 100, the export does not say
    output tokens: ours 500, the export does not say
    USD: ours 1.000000, the export does not say
total
    requests: ours 20, theirs 20, difference 0
    input tokens: ours 2000, theirs 2000, difference 0
    cached tokens: ours 200, theirs 200, difference 0
    output tokens: ours 1000, theirs 1000, difference 0
    USD: ours 2.000001, theirs 2.000000, difference 0.000001
3 of 3 lines do not agree within 0 %`);
    expect(reconciliationText(verdicts([ours()], [theirs()], 1))).toContain('ledger and export agree within 1 %');
  });

  it('are a table for spreadsheets', () => {
    const [head, ...lines] = reconciliationCsv(found).trimEnd().split('\r\n');
    expect(head).toBe(
      'day,model,verdict,requests_ours,requests_theirs,requests_difference,input_tokens_ours,input_tokens_theirs,input_tokens_difference,cached_tokens_ours,cached_tokens_theirs,cached_tokens_difference,output_tokens_ours,output_tokens_theirs,output_tokens_difference,cost_usd_ours,cost_usd_theirs,cost_usd_difference',
    );
    expect(lines[0]).toMatch(/^2026-11-23,'=x,only theirs,0,10,-10,/);
    expect(lines[2]).toMatch(/,1\.000000,,$/);
    expect(lines.at(-1)).toMatch(/^total,,differs,20,20,0,.*,2\.000001,2\.000000,0\.000001$/);
  });
});
