import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  GENESIS,
  hashOf,
  LEDGER_FIELDS,
  LEDGER_VERSION,
  lineOf,
  rowText,
  type RawRow,
} from '../../ledger/ledger-row.ts';
import { quoted } from '../../sql/columns.ts';
import { numberOf, textOf, type Connection } from '../connection.ts';
import { Parameters } from '../parameters.ts';
import { LEDGER_COLUMNS } from './ledger-tables.ts';

export interface AppendTo {
  readonly write: Connection;
  /** For the rows, which the database reads faster than we could hand them over. */
  readonly folder: string;
}

/** What each field of a row is in a batch of records. */
const OF_RECORDS: Readonly<Record<string, string>> = {
  recordId: 'id',
  time: 'time',
  api: 'api',
  team: 'team',
  application: 'application',
  credential: 'credential',
  plan: 'plan',
  provider: '"aiProvider"',
  model: 'coalesce("aiModel", "aiModelAsked")',
  inputTokens: '"aiInputTokens"',
  cachedTokens: '"aiCachedTokens"',
  outputTokens: '"aiOutputTokens"',
  reasoningTokens: '"aiReasoningTokens"',
  usage: '"aiUsageState"',
  costMicroUsd: '"aiCostMicroUsd"',
  priceVersion: '"aiPriceVersion"',
};
/** A number that no gate writes must not keep all that comes behind it from being kept. */
const bounded = (sql: string): string =>
  `CASE WHEN ${sql} > ${Number.MAX_SAFE_INTEGER} THEN ${Number.MAX_SAFE_INTEGER} WHEN ${sql} < ${Number.MIN_SAFE_INTEGER} THEN ${Number.MIN_SAFE_INTEGER} ELSE ${sql} END`;
const NUMBERS: ReadonlySet<string> = new Set(
  Object.entries(LEDGER_FIELDS).flatMap(([name, kind]) => (kind === 'number' ? [name] : [])),
);
const SELECT = Object.entries(OF_RECORDS)
  .map(([name, sql]) => `${NUMBERS.has(name) ? bounded(sql) : sql} AS ${quoted(name)}`)
  .join(', ');
const FIXED = { kind: 'call', ratedMs: null, of: null, v: LEDGER_VERSION } as const;

/** A row for each record of the batch that has a cost, in the order of the spool. Inside its transaction. */
export async function appendCalls(node: string, isRecord: string, to: AppendTo): Promise<void> {
  const rows = await to.write.rows(
    `SELECT ${SELECT} FROM batch WHERE ${isRecord} AND "aiCostMicroUsd" IS NOT NULL ORDER BY rowid`,
  );
  await appendRows(
    node,
    rows.map((row) => ({ ...row, ...FIXED })),
    to,
  );
}

const READ = LEDGER_COLUMNS.map(({ name, type }) => `'${name}': '${type}'`).join(', ');
const NAMES = LEDGER_COLUMNS.map(({ name }) => quoted(name)).join(', ');

/** Behind the end of the chain of a node; its number and hashes are given to each row here. Inside a transaction. */
export async function appendRows(node: string, rows: readonly RawRow[], { write, folder }: AppendTo): Promise<void> {
  if (rows.length === 0) return;
  let { seq, hash } = await headOf(write, node);
  let lines = '';
  for (const row of rows) {
    const text = rowText({ ...row, node, seq: ++seq });
    const previous = hash;
    hash = hashOf(text, previous);
    lines += `${lineOf(text, { previous, hash })}\n`;
  }
  const file = path.join(folder, 'ledger.jsonl');
  writeFileSync(file, lines, { mode: 0o600 });
  const parameters = new Parameters();
  await write.run(
    `INSERT INTO ledger (${NAMES}) SELECT ${NAMES} FROM read_json(${parameters.add(file)}, format = 'newline_delimited', columns = {${READ}})`,
    parameters,
  );
  await keepHead(write, { node, seq, hash });
}

async function headOf(write: Connection, node: string): Promise<{ readonly seq: number; readonly hash: string }> {
  const parameters = new Parameters();
  const sql = `SELECT seq, hash FROM ledger_heads WHERE node = ${parameters.add(node)}`;
  const [row] = await write.rows(sql, parameters);
  return row === undefined ? { seq: 0, hash: GENESIS } : { seq: numberOf(row, 'seq'), hash: textOf(row, 'hash') };
}

async function keepHead(
  write: Connection,
  { node, seq, hash }: { readonly node: string; readonly seq: number; readonly hash: string },
): Promise<void> {
  const parameters = new Parameters();
  const [of, own] = [parameters.add(node), parameters.add(hash)];
  await write.run(
    `INSERT INTO ledger_heads VALUES (${of}, ${seq}, ${own}, 0, ${parameters.add(GENESIS)}) ON CONFLICT (node) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
    parameters,
  );
}
