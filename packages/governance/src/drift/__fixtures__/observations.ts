import type { Observation, ObservedFinding } from '@gatehouse/kernel';
import { DriftLedger } from '../drift-ledger.ts';
import type { LedgerState } from '../ledger-state.ts';

/** A call that keeps to the document, but for what a test says. */
export function observed(change: Partial<Observation> = {}): Observation {
  return {
    time: 1000,
    worker: 0,
    api: 'shop',
    version: '1.0.0',
    route: 'shop GET /things',
    document: 'aaaaaaaaaaaa',
    method: 'GET',
    operation: 'GET /things',
    status: 200,
    shown: [],
    asked: [],
    seen: ['reply 200', 'reply 200 application/json'],
    findings: [],
    ...change,
  };
}

export function withFindings(...findings: readonly ObservedFinding[]): Observation {
  return observed({ findings });
}

export function ledgerOf(...observations: readonly Observation[]): LedgerState {
  const ledger = new DriftLedger();
  for (const each of observations) ledger.add(each);
  return ledger.toJSON();
}
