import type { Row, SqlValue, Statements } from '../database.ts';
import type { BackedTable } from './backed-tables.ts';

const ROWS_MAX = 1000;
/** Documents of APIs have megabytes each: a page of many rows may not hold many of them. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** All rows in the order of the primary key, in pages of bounded size; a row that is larger stands alone. */
export async function* tablePages(sql: Statements, table: BackedTable): AsyncGenerator<readonly Row[]> {
  let after: Row | undefined;
  while (true) {
    const limit = await rowsThatFit(sql, table, after);
    if (limit === 0) return;
    const page = await sql.all(selected(table, table.columns.join(', '), after), [...keyOf(table, after), limit]);
    yield page;
    after = page.at(-1);
  }
}

/** Sizes are read without the texts, which both databases keep apart from the row. */
async function rowsThatFit(sql: Statements, table: BackedTable, after: Row | undefined): Promise<number> {
  const size = table.large.map((column) => `octet_length(${column})`).join(' + ');
  const what = `${size === '' ? '0' : size} AS size`;
  const sizes = await sql.all(selected(table, what, after), [...keyOf(table, after), ROWS_MAX]);
  let bytes = 0;
  const tooMany = sizes.findIndex((row) => (bytes += Number(row['size'])) > PAGE_BYTES);
  return tooMany === -1 ? sizes.length : Math.max(tooMany, 1);
}

function selected({ name, key }: BackedTable, what: string, after: Row | undefined): string {
  const columns = key.join(', ');
  const where = after === undefined ? '' : `WHERE (${columns}) > (${key.map(() => '?').join(', ')})`;
  return `SELECT ${what} FROM ${name} ${where} ORDER BY ${columns} LIMIT ?`;
}

function keyOf({ key }: BackedTable, row: Row | undefined): readonly SqlValue[] {
  return row === undefined ? [] : key.map((column) => row[column] ?? null);
}
