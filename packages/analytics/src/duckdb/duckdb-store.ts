import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Position } from '@gatehouse/record/spool';
import type { Aggregates, Aggregation, Period, RecordPage, Scope, Search, StoredRecord } from '../query/query.ts';
import { LEVEL_MS, type Level } from '../rollup/cubes.ts';
import type { Rolled } from '../rollup/segments.ts';
import type {
  AnalyticsStore,
  Appended,
  Batch,
  BodiesOf,
  ExportOrder,
  Keep,
  StoredBody,
  StoreFacts,
} from '../analytics-store.ts';
import { topSeries } from '../query/top-series.ts';
import { aggregateStatement, rowOf } from '../sql/aggregate.ts';
import { appendBatch } from './append-batch.ts';
import { bodiesOf } from './bodies.ts';
import { Connection, numberOf, textOf } from './connection.ts';
import { dayTable, DayTables } from './day-tables.ts';
import { DUCKDB } from './dialect.ts';
import { exportRecords } from './export-records.ts';
import { DuckDbLedger } from './ledger/duckdb-ledger.ts';
import { Parameters } from './parameters.ts';
import { forget, usedBytes } from './retention.ts';
import { rollUpNext } from './roll-up.ts';
import { TABLES, widenDay } from './schema.ts';
import { find, search } from './search.ts';

export interface DuckDbOptions {
  /** Of the database; made when it is not there. */
  readonly folder: string;
  readonly keep: Keep;
  readonly threads?: number;
  readonly memoryBytesMax?: number;
  /** A question that takes longer is broken off. */
  readonly questionMsMax?: number;
}

const MEMORY_BYTES = 1_073_741_824;
const QUESTION_MS = 30_000;
const FORGET_EVERY_MS = 60_000;

/** Records in a DuckDB file. One process has it open: what writes waits in one line, what asks has a connection of its own. */
export class DuckDbStore implements AnalyticsStore {
  readonly ledger: DuckDbLedger;
  readonly #instance: DuckDBInstance;
  readonly #write: Connection;
  readonly #read: Connection;
  readonly #days: DayTables;
  readonly #bodies: DayTables;
  readonly #options: DuckDbOptions;
  #writing: Promise<unknown> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();
  #forgotAtMs = 0;
  #keep: Keep;

  private constructor(instance: DuckDBInstance, parts: Parts) {
    this.#instance = instance;
    this.#write = parts.write;
    this.#read = parts.read;
    this.#days = parts.days;
    this.#bodies = parts.bodies;
    this.#options = parts.options;
    this.#keep = parts.options.keep;
    this.ledger = new DuckDbLedger({
      folder: parts.options.folder,
      inTurn: async (work) => this.#inTurn(async () => work(this.#write)),
      beside: async (work) => this.#beside(work),
    });
  }

  /** Rejects while another process has the file. */
  static async open(options: DuckDbOptions): Promise<DuckDbStore> {
    const { folder, threads = 2, memoryBytesMax = MEMORY_BYTES } = options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, 'records.duckdb');
    const instance = await DuckDBInstance.create(file, {
      threads: `${threads}`,
      memory_limit: `${Math.floor(memoryBytesMax / 1024)}KiB`,
      temp_directory: path.join(folder, 'spill'),
      checkpoint_threshold: '64MiB',
    });
    chmodSync(file, 0o600);
    const write = await Connection.open(instance);
    // Nothing that is asked can reach another file, or the network, or change that.
    for (const setting of settingsFor(folder)) await write.run(`SET ${setting}`);
    for (const table of TABLES) await write.run(table);
    const tables = await columnsByTable(write);
    const [days, bodies] = [new DayTables('records', [...tables.keys()]), new DayTables('bodies', [...tables.keys()])];
    for (const table of days.all.map((day) => dayTable(day)))
      for (const column of widenDay(table, tables.get(table) ?? new Set())) await write.run(column);
    return new DuckDbStore(instance, { write, read: await Connection.open(instance), days, bodies, options });
  }

  keep(keep: Keep): void {
    this.#keep = keep;
  }

  async position(node: string): Promise<Position | undefined> {
    return this.#asking(async (read) => {
      const parameters = new Parameters();
      const [row] = await read.rows(
        `SELECT sequence, "offset" FROM positions WHERE node = ${parameters.add(node)}`,
        parameters,
      );
      return row === undefined ? undefined : { sequence: numberOf(row, 'sequence'), offset: numberOf(row, 'offset') };
    });
  }

  async append(batch: Batch): Promise<Appended> {
    const { folder } = this.#options;
    return this.#inTurn(async () =>
      appendBatch(batch, { write: this.#write, days: [this.#days, this.#bodies], folder }),
    );
  }

  /** One piece of rolling up after the other, so that what is to be appended comes in between. */
  async maintain(nowMs: number): Promise<void> {
    while (await this.#inTurn(async () => rollUpNext(this.#write, nowMs))) await Promise.resolve();
    if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
    this.#forgotAtMs = nowMs;
    await this.#inTurn(async () =>
      forget(this.#write, { days: this.#days, bodies: this.#bodies, keep: this.#keep, nowMs }),
    );
  }

  async aggregate(asked: Aggregation): Promise<Aggregates> {
    const { top, stepMs } = asked;
    if (top !== undefined && stepMs !== undefined) return topSeries(asked, async (each) => this.aggregate(each));
    // In a transaction: what is rolled up in between changes nothing.
    return this.#asking(async (read) =>
      read.transaction(async () => {
        const tables = (period: Period) => this.#days.within(period).map((day) => dayTable(day));
        const rolled = await this.#rolled(read);
        const { sql, parameters, source } = aggregateStatement(asked, { dialect: DUCKDB, tables, rolled });
        const rows = await read.rows(sql, parameters);
        return { rows: rows.map((row) => rowOf(row, asked)), source };
      }),
    );
  }

  async search(asked: Search): Promise<RecordPage> {
    // In a transaction: a day that is forgotten in between is still there.
    return this.#asking(async (read) => read.transaction(async () => search(asked, { read, days: this.#days })));
  }

  async find(id: string, scope?: Scope): Promise<StoredRecord | undefined> {
    return this.#asking(async (read) => find(id, scope, { read, days: this.#days }));
  }

  async bodies(of: BodiesOf): Promise<readonly StoredBody[]> {
    return this.#asking(async (read) => bodiesOf(of, { read, days: this.#bodies }));
  }

  async export(order: ExportOrder): Promise<{ readonly records: number; readonly bytes: number }> {
    return this.#beside(async (read) => exportRecords(order, { read, days: this.#days }));
  }

  async facts(): Promise<StoreFacts> {
    return this.#asking(async (read) => {
      let records = 0;
      const times: number[] = [];
      for (const day of this.#days.all) {
        const [row] = await read.rows(
          `SELECT count(*) AS n, min(time) AS oldest, max(time) AS newest FROM ${dayTable(day)}`,
        );
        records += numberOf(row, 'n');
        if (numberOf(row, 'n') > 0) times.push(numberOf(row, 'oldest'), numberOf(row, 'newest'));
      }
      return { kind: 'duckdb', records, bytes: await usedBytes(read), oldestMs: times[0], newestMs: times.at(-1) };
    });
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => this.#write.run('CHECKPOINT')).catch(() => undefined);
    this.#read.interrupt();
    await this.#reading.catch(() => undefined);
    this.#read.close();
    this.#write.close();
    this.#instance.closeSync();
  }

  /** From when on each level has something that is not rolled up. */
  async #rolled(read: Connection): Promise<(levels: Rolled['levels']) => Rolled> {
    const rows = await read.rows('SELECT level, min(since) AS since FROM unrolled GROUP BY level');
    const first = new Map(rows.map((row) => [textOf(row, 'level'), numberOf(row, 'since')]));
    const of = (level: Level): number => first.get(level) ?? this.#end();
    const minutes = of('minutes');
    const hours = Math.min(of('hours'), minutes);
    const until = { minutes, hours, days: Math.min(of('days'), hours) };
    return (levels) => ({ levels, until });
  }

  /** Behind all records. */
  #end(): number {
    const newest = this.#days.all.at(-1);
    return newest === undefined ? 0 : newest + LEVEL_MS.days;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#writing.then(work);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  /** On a connection of its own: what takes long holds up nobody. */
  async #beside<Result>(work: (read: Connection) => Promise<Result>): Promise<Result> {
    const connection = await Connection.open(this.#instance);
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  }

  async #asking<Result>(work: (read: Connection) => Promise<Result>): Promise<Result> {
    const { questionMsMax = QUESTION_MS } = this.#options;
    const turn = this.#reading.then(async () => {
      const late = setTimeout(() => this.#read.interrupt(), questionMsMax);
      return work(this.#read).finally(() => clearTimeout(late));
    });
    this.#reading = turn.catch(() => undefined);
    return turn;
  }
}

async function columnsByTable(read: Connection): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await read.rows('SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal');
  const byTable = Map.groupBy(rows, (row) => textOf(row, 'table_name'));
  return new Map(
    [...byTable].map(([table, columns]) => [table, new Set(columns.map((row) => textOf(row, 'column_name')))]),
  );
}

function settingsFor(folder: string): readonly string[] {
  return [
    `allowed_directories = ['${folder.replaceAll("'", "''")}']`,
    'autoinstall_known_extensions = false',
    'autoload_known_extensions = false',
    'enable_external_access = false',
    'lock_configuration = true',
  ];
}

interface Parts {
  readonly write: Connection;
  readonly read: Connection;
  readonly days: DayTables;
  readonly bodies: DayTables;
  readonly options: DuckDbOptions;
}
