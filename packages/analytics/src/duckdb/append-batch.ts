import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Appended, Batch } from '../analytics-store.ts';
import { LEVEL_MS } from '../rollup/cubes.ts';
import { COLUMNS, quoted } from './columns.ts';
import { numberOf, type Connection } from './connection.ts';
import { dayTable, type Dated, type DayTables } from './day-tables.ts';
import { Parameters } from './parameters.ts';
import { idHashSql } from './id-hash.ts';
import { appendCalls } from './ledger/append-ledger.ts';
import { BODY_COLUMNS, createBodiesDay, createDay } from './schema.ts';

const NEWLINE = 10;
const { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS } = LEVEL_MS;

/** Of lines that are no records. */
const GAP_COLUMNS = [
  { name: 'gap', type: 'BOOLEAN' },
  { name: 'lost', type: 'BIGINT' },
  { name: 'from', type: 'BIGINT' },
  { name: 'to', type: 'BIGINT' },
];
/** What was seen of a call beside its record: for whoever asks the spool. */
const OBSERVED_COLUMN = { name: 'observed', type: 'BOOLEAN' };
const OWN_BODY_COLUMNS = [
  { name: 'body', type: 'BOOLEAN' },
  ...BODY_COLUMNS.filter(({ name }) => !COLUMNS.some((column) => column.name === name)),
];
const READ = [...COLUMNS, ...GAP_COLUMNS, OBSERVED_COLUMN, ...OWN_BODY_COLUMNS]
  .map(({ name, type }) => `'${name}': '${type}'`)
  .join(', ');
/** As they are: what does not have all of this is none. */
const IS_RECORD = `id IS NOT NULL AND time IS NOT NULL AND status IS NOT NULL AND method IS NOT NULL AND "durationMs" IS NOT NULL`;
const IS_BODY = `body AND id IS NOT NULL AND time IS NOT NULL AND side IS NOT NULL AND sealed IS NOT NULL`;

/** What becomes of the lines of a kind. */
interface Dating {
  readonly is: string;
  readonly create: (table: string) => string;
  readonly columns: readonly string[];
  /** What is put into columns that no line has. */
  readonly made: Readonly<Record<string, string>>;
}

const DATINGS: Readonly<Record<Dated, Dating>> = {
  records: {
    is: IS_RECORD,
    create: createDay,
    columns: COLUMNS.map(({ name }) => quoted(name)),
    made: { '"idHash"': idHashSql('id') },
  },
  bodies: { is: IS_BODY, create: createBodiesDay, columns: BODY_COLUMNS.map(({ name }) => quoted(name)), made: {} },
};

export interface AppendTo {
  readonly write: Connection;
  readonly days: readonly DayTables[];
  /** For the lines, which the database reads faster than we could hand them over. */
  readonly folder: string;
}

/** Keeps the lines of a batch, what they cost, and how far its spool has been read, in one transaction. */
export async function appendBatch(batch: Batch, { write, days, folder }: AppendTo): Promise<Appended> {
  const file = path.join(folder, 'batch.jsonl');
  writeFileSync(file, batch.lines, { mode: 0o600 });
  const made: (() => void)[] = [];
  const appended = await write.transaction(async () => {
    await read(write, file);
    const [facts] = await write.rows(
      `SELECT count(*) FILTER (gap) AS gaps, count(*) FILTER (observed) AS observed, count(*) FILTER (${IS_BODY}) AS bodies, count(*) FILTER (${IS_RECORD}) AS records FROM batch`,
    );
    for (const of of days) {
      for (const day of await keepDays(write, batch.node, of.dated)) made.push(() => of.add(day));
    }
    const records = numberOf(facts, 'records');
    const others = ['gaps', 'observed', 'bodies'].reduce((sum, kind) => sum + numberOf(facts, kind), 0);
    const unreadable = linesIn(batch.lines) - records - others;
    await keepGaps(write, batch, unreadable);
    await markUnrolled(write);
    await appendCalls(batch.node, IS_RECORD, { write, folder });
    await keepPosition(write, batch);
    await write.run('DROP TABLE batch');
    return { records, unreadable };
  });
  for (const add of made) add();
  return appended;
}

async function read(write: Connection, file: string): Promise<void> {
  const parameters = new Parameters();
  // A line that is no JSON, or has a text where a number belongs, is passed over; it is counted by the lines that are missing.
  await write.run(
    `CREATE TEMP TABLE batch AS SELECT * FROM read_json(${parameters.add(file)}, format = 'newline_delimited', ignore_errors = true, columns = {${READ}})`,
    parameters,
  );
}

/** Each line in the table of its day; says which days. */
async function keepDays(write: Connection, node: string, dated: Dated): Promise<readonly number[]> {
  const { is, create, columns, made } = DATINGS[dated];
  const touched = await write.rows(`SELECT DISTINCT time // ${DAY_MS} * ${DAY_MS} AS day FROM batch WHERE ${is}`);
  const days = touched.map((row) => numberOf(row, 'day'));
  for (const day of days) {
    const table = dayTable(day, dated);
    const parameters = new Parameters();
    const into = ['node', ...Object.keys(made), ...columns].join(', ');
    const values = [parameters.add(node), ...Object.values(made), ...columns].join(', ');
    await write.run(create(table));
    await write.run(
      `INSERT INTO ${table} (${into}) SELECT ${values} FROM batch WHERE ${is} AND time >= ${day} AND time < ${day + DAY_MS}`,
      parameters,
    );
  }
  return days;
}

/** Also what the spool itself could not give, and lines that nobody can read. */
async function keepGaps(write: Connection, { node, holes }: Batch, unreadable: number): Promise<void> {
  const insert = 'INSERT INTO gaps (node, worker, lost, "from", "to", reason, bytes)';
  const parameters = new Parameters();
  const of = parameters.add(node);
  await write.run(
    `${insert} SELECT ${of}, worker, lost, "from", "to", 'not written', 0 FROM batch WHERE gap`,
    parameters,
  );
  const [last] = await write.rows(`SELECT max(time) AS since FROM batch WHERE ${IS_RECORD}`);
  const lines =
    unreadable > 0 ? [{ reason: 'unreadable', bytes: 0, atMs: numberOf(last, 'since'), lost: unreadable }] : [];
  for (const { reason, bytes, atMs, lost } of [...holes.map((hole) => ({ ...hole, lost: 0 })), ...lines]) {
    const more = new Parameters();
    const [by, why] = [more.add(node), more.add(reason)];
    await write.run(`${insert} VALUES (${by}, -1, ${lost}, ${atMs}, ${atMs}, ${why}, ${bytes})`, more);
  }
}

async function markUnrolled(write: Connection): Promise<void> {
  for (const [level, size] of [
    ['minutes', MINUTE_MS],
    ['hours', HOUR_MS],
    ['days', DAY_MS],
  ] as const) {
    await write.run(
      `INSERT OR IGNORE INTO unrolled SELECT DISTINCT '${level}', time // ${size} * ${size} FROM batch WHERE ${IS_RECORD} AND time >= (SELECT since FROM horizon)`,
    );
  }
}

async function keepPosition(write: Connection, { node, next }: Batch): Promise<void> {
  const parameters = new Parameters();
  await write.run(
    `INSERT OR REPLACE INTO positions VALUES (${parameters.add(node)}, ${next.sequence}, ${next.offset})`,
    parameters,
  );
}

function linesIn(lines: Uint8Array): number {
  let count = 0;
  for (let at = lines.indexOf(NEWLINE); at !== -1; at = lines.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
