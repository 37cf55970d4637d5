import { LEDGER_FIELDS } from '../../ledger/ledger-row.ts';
import { quoted } from '../../sql/columns.ts';

const SQL = { text: 'VARCHAR', number: 'BIGINT' } as const;

/** Of rows, with the hashes behind them. */
export const LEDGER_COLUMNS: readonly { readonly name: string; readonly type: string }[] = [
  ...Object.entries(LEDGER_FIELDS).map(([name, kind]) => ({ name, type: SQL[kind] })),
  { name: 'previous', type: 'VARCHAR' },
  { name: 'hash', type: 'VARCHAR' },
];

export const LEDGER_TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ledger (${LEDGER_COLUMNS.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`,
  // Where each chain ends, and behind which row it begins since older ones were forgotten.
  'CREATE TABLE IF NOT EXISTS ledger_heads (node VARCHAR PRIMARY KEY, seq BIGINT, hash VARCHAR, "anchorSeq" BIGINT, "anchorHash" VARCHAR)',
];
