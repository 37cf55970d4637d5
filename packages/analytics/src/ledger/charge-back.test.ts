import { describe, expect, it } from 'vitest';
import { chargeBackCsv, chargeBackOf } from './charge-back.ts';
import type { LedgerSumsRow } from './ledger-store.ts';

const PERIOD = { fromMs: 0, toMs: 1 };

function row(team: string, application: string, costMicroUsd: bigint): LedgerSumsRow {
  return {
    key: { team, application },
    calls: 3n,
    inputTokens: 10n,
    cachedTokens: 4n,
    outputTokens: 5n,
    reasoningTokens: 1n,
    estimatedCalls: 2n,
    costMicroUsd,
    reratedMicroUsd: -2n,
  };
}

describe('a charge-back', () => {
  const by = ['team', 'application'] as const;
  const rows = [row('core', 'web', 1_234_567n), row('=cmd|x', 'a,"b"', -1n), row('', 'large', 9_007_199_254_740_993n)];

  it('is a table with a line for all', () => {
    expect(chargeBackCsv(chargeBackOf(rows, { period: PERIOD, by })).split('\r\n')).toEqual([
      'team,application,calls,input_tokens,cached_tokens,output_tokens,reasoning_tokens,estimated_calls,cost_usd,rerated_usd',
      'core,web,3,10,4,5,1,2,1.234567,-0.000002',
      `'=cmd|x,"a,""b""",3,10,4,5,1,2,-0.000001,-0.000002`,
      ',large,3,10,4,5,1,2,9007199254.740993,-0.000002',
      'total,,9,30,12,15,3,6,9007199255.975559,-0.000006',
      '',
    ]);
  });

  it('says the same as JSON', () => {
    const { total, rows: shown } = chargeBackOf(rows, { period: PERIOD, by });
    expect(shown[0]).toMatchObject({ key: { team: 'core', application: 'web' }, calls: 3, costUsd: '1.234567' });
    expect(total).toMatchObject({ calls: 9, costUsd: '9007199255.975559', reratedUsd: '-0.000006' });
  });

  it('is a line for all where there is nothing', () => {
    const text = chargeBackCsv(chargeBackOf([], { period: PERIOD, by: ['team'] }));
    expect(text.split('\r\n')[1]).toBe('total,0,0,0,0,0,0,0.000000,0.000000');
  });
});
