import { CUBES, levelsOf, type Cube, type Level } from '../rollup/cubes.ts';
import { quoted, SUMMED, summedType } from '../sql/columns.ts';
import { spreadTable, sumsTable } from '../sql/roll-up-tables.ts';
import { COLUMNS } from './columns.ts';
import { LEDGER_TABLES } from './ledger/ledger-tables.ts';

/** Makes everything but records, of which each day has a table of its own. */
export const TABLES: readonly string[] = [
  // How far each spool has been read. Changed in the transaction that keeps what was read.
  'CREATE TABLE IF NOT EXISTS positions (node VARCHAR PRIMARY KEY, sequence BIGINT, "offset" BIGINT)',
  'CREATE TABLE IF NOT EXISTS gaps (node VARCHAR, worker INTEGER, lost BIGINT, "from" BIGINT, "to" BIGINT, reason VARCHAR, bytes BIGINT)',
  // Of what is older, not all records are there any more: it is not rolled up anew.
  'CREATE TABLE IF NOT EXISTS horizon (since BIGINT)',
  'INSERT INTO horizon SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM horizon)',
  // What has to be rolled up anew once it is over.
  'CREATE TABLE IF NOT EXISTS unrolled (level VARCHAR, since BIGINT, PRIMARY KEY (level, since))',
  ...LEDGER_TABLES,
  ...CUBES.flatMap((cube) => levelsOf(cube).flatMap((level) => [sums(cube, level), spread(cube, level)])),
];

function sums(cube: Cube, level: Level): string {
  const keys = (cube.grains[level]?.sums ?? []).map((name) => `${quoted(name)} VARCHAR`);
  const values = SUMMED.map((name) => `${quoted(name)} ${summedType(name)}`);
  return `CREATE TABLE IF NOT EXISTS ${sumsTable(cube, level)} (since BIGINT, ${[...keys, ...values].join(', ')})`;
}

function spread(cube: Cube, level: Level): string {
  const keys = (cube.grains[level]?.spread ?? []).map((name) => `${quoted(name)} VARCHAR`);
  return `CREATE TABLE IF NOT EXISTS ${spreadTable(cube, level)} (since BIGINT, ${keys.join(', ')}, timing VARCHAR, bucket SMALLINT, calls BIGINT)`;
}

/**
 * `idHash` finds records by ids that are not ours: four bytes of each are looked at instead of the whole id. Ours say when
 * they were made.
 */
export function createDay(table: string): string {
  const columns = COLUMNS.map(({ name, type }) => `${quoted(name)} ${type}`);
  return `CREATE TABLE IF NOT EXISTS ${table} (node VARCHAR, "idHash" UINTEGER, ${columns.join(', ')})`;
}

/** Sealed by the gate's key: nobody who reads the file can read them. */
export function createBodiesDay(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (node VARCHAR, ${BODY_COLUMNS.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')})`;
}

export const BODY_COLUMNS = [
  { name: 'id', type: 'VARCHAR' },
  { name: 'time', type: 'BIGINT' },
  { name: 'worker', type: 'USMALLINT' },
  { name: 'side', type: 'VARCHAR' },
  { name: 'type', type: 'VARCHAR' },
  { name: 'bytes', type: 'BIGINT' },
  { name: 'cut', type: 'BOOLEAN' },
  { name: 'key', type: 'VARCHAR' },
  { name: 'sealed', type: 'VARCHAR' },
] as const;

/** For a table of a version that knew fewer fields: what it lacks. */
export function widenDay(table: string, known: ReadonlySet<string>): readonly string[] {
  const lacking = COLUMNS.filter(({ name }) => !known.has(name));
  return lacking.map(({ name, type }) => `ALTER TABLE ${table} ADD COLUMN ${quoted(name)} ${type}`);
}
