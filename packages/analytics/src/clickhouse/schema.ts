import type { Dimension } from '../query/dimensions.ts';
import type { Timing } from '../query/metrics.ts';
import { CUBES, LEVEL_MS, levelsOf, type Cube, type Level } from '../rollup/cubes.ts';
import { OF_RECORDS, ofRecord, quoted, SUMMED, summedType, timeOf, typed } from '../sql/columns.ts';
import { bucketSql } from '../sql/latency-bucket.ts';
import { spreadTable, sumsTable } from '../sql/roll-up-tables.ts';
import { COLUMNS, type Column } from './columns.ts';
import { CLICKHOUSE } from './dialect.ts';

/** Of so many inserts it is remembered that they have been made, so that one which is made again changes nothing. */
const REMEMBERED = 10_000;
const DAY_MS = LEVEL_MS.days;

/** What goes at once when it is old enough: part of a table, by how much time. */
export const PARTITION_MS = {
  records: DAY_MS,
  bodies: DAY_MS,
  minutes: DAY_MS,
  hours: 30 * DAY_MS,
  days: 365 * DAY_MS,
  gaps: 30 * DAY_MS,
} as const;

/** Numbers of a row that say whose it is and of which batch. */
const OF_BATCH: readonly Column[] = [
  { name: 'node', type: 'LowCardinality(String)' },
  { name: 'batch', type: 'UInt64' },
];
const RECORD_COLUMNS: readonly Column[] = [...OF_BATCH, ...COLUMNS];
export const BODY_COLUMNS: readonly Column[] = [
  { name: 'node', type: 'LowCardinality(String)' },
  { name: 'id', type: 'String' },
  { name: 'time', type: 'Int64' },
  { name: 'worker', type: 'UInt16' },
  { name: 'side', type: 'LowCardinality(String)' },
  { name: 'type', type: 'LowCardinality(String)' },
  { name: 'bytes', type: 'Int64' },
  { name: 'cut', type: 'Bool' },
  { name: 'key', type: 'LowCardinality(String)' },
  { name: 'sealed', type: 'String' },
];
export const GAP_COLUMNS: readonly Column[] = [
  { name: 'node', type: 'LowCardinality(String)' },
  { name: 'worker', type: 'Int32' },
  { name: 'lost', type: 'Int64' },
  { name: 'from', type: 'Int64' },
  { name: 'to', type: 'Int64' },
  { name: 'reason', type: 'LowCardinality(String)' },
  { name: 'bytes', type: 'Int64' },
];
/** How far each spool has been read; `next…`: how far the batch goes that is being written. */
export const POSITION_COLUMNS: readonly Column[] = [
  { name: 'node', type: 'String' },
  { name: 'rank', type: 'UInt64' },
  { name: 'sequence', type: 'Int64' },
  { name: 'offset', type: 'Int64' },
  { name: 'nextSequence', type: 'Int64' },
  { name: 'nextOffset', type: 'Int64' },
  { name: 'atMs', type: 'Int64' },
];

export const names = (columns: readonly Column[]): readonly string[] => columns.map(({ name }) => quoted(name));
export const RECORD_NAMES = names(RECORD_COLUMNS);

/** Makes everything that is not there. Roll-ups are filled by their views, as records come in. */
export const TABLES: readonly string[] = [
  table('positions', POSITION_COLUMNS, { engine: 'ReplacingMergeTree("rank")', order: ['node'] }),
  table('gaps', GAP_COLUMNS, { order: ['from'], partition: ['from', PARTITION_MS.gaps] }),
  table('bodies', BODY_COLUMNS, { order: ['time', 'id'], partition: ['time', PARTITION_MS.bodies] }),
  table('records', RECORD_COLUMNS, {
    order: ['time', 'id'],
    partition: ['time', PARTITION_MS.records],
    // Ids that callers chose say nothing of when.
    index: 'INDEX "byId" "id" TYPE bloom_filter(0.01) GRANULARITY 1',
  }),
  ...CUBES.flatMap((cube) => levelsOf(cube).flatMap((level) => [...sums(cube, level), ...spread(cube, level)])),
];

interface TableOptions {
  readonly order: readonly string[];
  readonly partition?: readonly [column: string, sizeMs: number];
  readonly engine?: string;
  readonly index?: string;
}

function table(name: string, columns: readonly Column[], options: TableOptions): string {
  const { order, partition, engine = 'MergeTree', index } = options;
  const lines = [...columns.map(columnSql), ...(index === undefined ? [] : [index])];
  const by = partition === undefined ? '' : ` PARTITION BY intDiv(${quoted(partition[0])}, ${partition[1]})`;
  return `CREATE TABLE IF NOT EXISTS ${name} (${lines.join(', ')}) ENGINE = ${engine}${by} ORDER BY (${order.map(quoted).join(', ')}) SETTINGS non_replicated_deduplication_window = ${REMEMBERED}`;
}

/** Times follow each other closely; what is sealed does not get smaller by trying harder. */
function columnSql({ name, type }: Column): string {
  const codec = type === 'Int64' && (name === 'time' || name === 'since') ? 'Delta, ZSTD(1)' : 'ZSTD(1)';
  return `${quoted(name)} ${type} CODEC(${codec})`;
}

/** Of a version that knew fewer fields. */
export const widenRecords = (known: ReadonlySet<string>): readonly string[] =>
  RECORD_COLUMNS.filter(({ name }) => !known.has(name)).map(
    (column) => `ALTER TABLE records ADD COLUMN IF NOT EXISTS ${columnSql(column)}`,
  );

function sums(cube: Cube, level: Level): readonly string[] {
  const by = cube.grains[level]?.sums ?? [];
  const models = onlyModels(cube);
  const values = SUMMED.map((name) => ({ name, type: summedType(name) === 'DOUBLE' ? 'Float64' : 'Int64' }));
  const select = `SELECT ${[sinceSql(level), ...keysSql(by), ...SUMMED.map((name) => typed(name, OF_RECORDS[name]))].join(', ')} FROM records${models === '' ? '' : ` WHERE ${models}`} GROUP BY ALL`;
  return summing(sumsTable(cube, level), { keys: by.map(keyColumn), values, select, level });
}

function spread(cube: Cube, level: Level): readonly string[] {
  const by = cube.grains[level]?.spread ?? [];
  const keys = [
    ...by.map(keyColumn),
    { name: 'timing', type: 'LowCardinality(String)' },
    { name: 'bucket', type: 'Int16' },
  ];
  const columns = [
    sinceSql(level),
    ...keysSql(by),
    `timed.1 AS "timing"`,
    `timed.2 AS "bucket"`,
    typed('calls', OF_RECORDS.calls),
  ];
  const models = onlyModels(cube);
  const select = `SELECT ${columns.join(', ')} FROM records ARRAY JOIN [${cube.timings.map(timedSql).join(', ')}] AS timed WHERE timed.2 >= 0${models === '' ? '' : ` AND ${models}`} GROUP BY ALL`;
  return summing(spreadTable(cube, level), { keys, values: [{ name: 'calls', type: 'Int64' }], select, level });
}

/** With its bucket; less than 0 where a record has no such time. */
function timedSql(timing: Timing): string {
  const time = timeOf(timing);
  return `('${timing}', if(${time} IS NULL, -1, ${bucketSql(`coalesce(${time}, 0)`)}))`;
}

interface Summing {
  readonly keys: readonly Column[];
  readonly values: readonly Column[];
  readonly select: string;
  readonly level: Level;
}

/** Rows of one key are added up, some time after they have come: whoever reads sums again. */
function summing(name: string, { keys, values, select, level }: Summing): readonly string[] {
  const columns = [{ name: 'since', type: 'Int64' }, ...keys, ...values];
  const order = ['since', ...keys.map((key) => key.name)];
  return [
    table(name, columns, { engine: 'SummingMergeTree', order, partition: ['since', PARTITION_MS[level]] }),
    `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}_filled TO ${name} AS ${select} SETTINGS prefer_column_name_to_alias = 1`,
  ];
}

function sinceSql(level: Level): string {
  return `${CLICKHOUSE.floorTo('"time"', LEVEL_MS[level])} AS "since"`;
}

function keysSql(dimensions: readonly Dimension[]): readonly string[] {
  return dimensions.map((name) => `${ofRecord(name)} AS ${quoted(name)}`);
}

function keyColumn(name: Dimension): Column {
  return { name, type: 'LowCardinality(String)' };
}

function onlyModels({ modelsOnly }: Cube): string {
  return modelsOnly === true ? '("aiProvider" IS NOT NULL OR "aiModelAsked" IS NOT NULL)' : '';
}
