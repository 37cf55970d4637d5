export { DIMENSIONS, isDimension, type Dimension } from './query/dimensions.ts';
export { isMetric, METRICS, percentileOf, TIMINGS, type Metric, type Timing } from './query/metrics.ts';
export type {
  AggregateRow,
  Aggregates,
  Aggregation,
  Condition,
  Period,
  RecordPage,
  Scope,
  Search,
  StoredRecord,
  TextField,
} from './query/query.ts';
export type { BodiesOf, ExportOrder, Keep, StoredBody, StoreFacts } from './analytics-store.ts';
export type { ShipperFacts } from './shipping/shipper.ts';
export { storyOf, type StoryStep } from './query/story.ts';
export { matches, type KeptRecord } from './query/matches.ts';
export { readCursor } from './query/cursor.ts';
export { parseAnalyticsPlace, type AnalyticsPlace } from './analytics-place.ts';
export { placeText, type ClickHousePlace } from './clickhouse/clickhouse-url.ts';
export { decimalOf, usdText } from './ledger/decimal.ts';
export { verifyLedgerLines } from './ledger/ledger-lines.ts';
export {
  isLedgerDimension,
  LEDGER_DIMENSIONS,
  type LedgerCondition,
  type LedgerDimension,
  type LedgerExported,
  type LedgerStore,
  type LedgerSums,
  type LedgerSumsQuery,
  type LedgerSumsRow,
  type LedgerVerdict,
  type ModelRates,
  type Rerated,
  type RerateOrder,
} from './ledger/ledger-store.ts';
export type { ChainProblem, LedgerHead } from './ledger/ledger-verifier.ts';
export { ratedMicroUsd, rateOf, ratesVersion, type TokenRates } from './ledger/rating.ts';
export { chargeBackCsv, chargeBackOf, type ChargeBack } from './ledger/charge-back.ts';
export { reconcile, type Reconciliation } from './ledger/reconcile/reconcile.ts';
export { reconciliationCsv, reconciliationText } from './ledger/reconcile/reconciliation-text.ts';
export { VendorExportError } from './ledger/reconcile/vendor-table.ts';
export { readVendorUsage, type VendorExport } from './ledger/reconcile/vendor-usage.ts';
