import { csvText, type CsvValue } from '../csv.ts';
import { MEASURES, type Compared, type Measure, type ReconciledRow, type Reconciliation } from './reconcile.ts';

const NAMES: Readonly<Record<Measure, string>> = {
  requests: 'requests',
  inputTokens: 'input tokens',
  cachedTokens: 'cached tokens',
  outputTokens: 'output tokens',
  costUsd: 'USD',
};
const COLUMNS: Readonly<Record<Measure, string>> = {
  requests: 'requests',
  inputTokens: 'input_tokens',
  cachedTokens: 'cached_tokens',
  outputTokens: 'output_tokens',
  costUsd: 'cost_usd',
};

/** For people: a line for each day and model, and what differs there. */
export function reconciliationText({ rows, total, verdict, tolerancePercent }: Reconciliation): string {
  const lines = rows.flatMap((row) => [
    `${row.day}  ${row.model || '(all models)'}  ${row.verdict}`,
    ...(row.verdict === 'agrees' ? [] : differencesOf(row.measures).map((line) => `    ${line}`)),
    ...(row.verdict === 'differs' && row.estimatedCalls > 0 ? [`    ${row.estimatedCalls} calls are estimated`] : []),
  ]);
  const wrong = rows.filter((row) => row.verdict !== 'agrees').length;
  const closing =
    verdict === 'agrees'
      ? `ledger and export agree within ${tolerancePercent} %`
      : `${wrong} of ${rows.length} lines do not agree within ${tolerancePercent} %`;
  return [...lines, 'total', ...allOf(total).map((line) => `    ${line}`), closing].join('\n');
}

function differencesOf(measures: ReconciledRow['measures']): readonly string[] {
  return MEASURES.filter((name) => measures[name].agrees === false || measures[name].theirs === null).flatMap((name) =>
    measures[name].theirs === null && Number(measures[name].ours) === 0 ? [] : [lineOf(name, measures[name])],
  );
}

const allOf = (total: Reconciliation['total']): readonly string[] =>
  MEASURES.filter((name) => total[name].theirs !== null).map((name) => lineOf(name, total[name]));

function lineOf(name: Measure, { ours, theirs, difference }: Compared): string {
  if (theirs === null) return `${NAMES[name]}: ours ${ours}, the export does not say`;
  return `${NAMES[name]}: ours ${ours}, theirs ${theirs}, difference ${difference}`;
}

export function reconciliationCsv({ rows, total, verdict }: Reconciliation): string {
  const head = [
    'day',
    'model',
    'verdict',
    ...MEASURES.flatMap((name) => SIDES.map((side) => `${COLUMNS[name]}_${side}`)),
  ];
  return csvText([
    head,
    ...rows.map(({ day, model, verdict: own, measures }) => [day, model, own, ...valuesOf(measures)]),
    ['total', '', verdict, ...valuesOf(total)],
  ]);
}

const SIDES = ['ours', 'theirs', 'difference'] as const;

const valuesOf = (measures: Reconciliation['total']): readonly CsvValue[] =>
  MEASURES.flatMap((name) => SIDES.map((side) => ({ number: measures[name][side] ?? '' })));
