import type { Clock } from '@gatehouse/kernel';
import type {
  AnalyticsStore,
  Appended,
  Batch,
  BodiesOf,
  ExportOrder,
  Keep,
  Reached,
  StoredBody,
  StoreFacts,
} from '../analytics-store.ts';
import type { Aggregates, Aggregation, RecordPage, Scope, Search, StoredRecord } from '../query/query.ts';
import { topSeries } from '../query/top-series.ts';
import { aggregateStatement, rowOf } from '../sql/aggregate.ts';
import { numberOf, textOf } from '../sql/rows.ts';
import { appendBatch } from './append-batch.ts';
import { bodiesOf } from './bodies.ts';
import type { Connection } from './connection.ts';
import { CLICKHOUSE } from './dialect.ts';
import { exportRecords } from './export-records.ts';
import { readMark, type Mark } from './positions.ts';
import { forget, usedBytes } from './retention.ts';
import { TABLES, widenRecords } from './schema.ts';
import { find, search } from './search.ts';

export interface ClickHouseOptions {
  readonly connection: Connection;
  readonly keep: Keep;
  readonly clock: Clock;
}

const FORGET_EVERY_MS = 60_000;
/** Older ones do not know an insert again in the tables that views fill. */
const OLDEST_VERSION = 25;

/**
 * Records in a database of ClickHouse, which several gates may share. It need not be there when we start: whatever is asked
 * of it makes the tables first, and fails until that has worked.
 */
export class ClickHouseStore implements AnalyticsStore {
  readonly #connection: Connection;
  #keep: Keep;
  readonly #clock: Clock;
  /** What has come to its end, and need not be asked for. */
  readonly #marks = new Map<string, Mark>();
  #prepared: Promise<void> | undefined;
  #forgotAtMs = 0;

  constructor({ connection, keep, clock }: ClickHouseOptions) {
    this.#connection = connection;
    this.#keep = keep;
    this.#clock = clock;
  }

  keep(keep: Keep): void {
    this.#keep = keep;
  }

  async position(node: string): Promise<Reached | undefined> {
    const mark = await readMark(await this.#ready(), node);
    if (mark === undefined) return undefined;
    const { atMs: _at, ...reached } = mark;
    return reached;
  }

  async append(batch: Batch): Promise<Appended> {
    const connection = await this.#ready();
    const { node, next } = batch;
    const nowMs = this.#clock.now();
    const mark = this.#marks.get(node) ?? (await readMark(connection, node));
    // Whatever becomes of it, what we knew is no longer so.
    this.#marks.delete(node);
    const appended = await appendBatch(batch, { connection, mark, nowMs });
    this.#marks.set(node, { ...next, atMs: nowMs });
    return appended;
  }

  /** Views roll up as records come in: there is only to forget. */
  async maintain(nowMs: number): Promise<void> {
    const connection = await this.#ready();
    if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
    await forget(connection, this.#keep, nowMs);
    this.#forgotAtMs = nowMs;
  }

  async aggregate(asked: Aggregation): Promise<Aggregates> {
    const { top, stepMs } = asked;
    if (top !== undefined && stepMs !== undefined) return topSeries(asked, async (each) => this.aggregate(each));
    const connection = await this.#ready();
    const { sql, parameters, source } = aggregateStatement(asked, {
      dialect: CLICKHOUSE,
      tables: () => ['records'],
      rolled: (levels) => ({ levels, until: ALL_ROLLED_UP }),
    });
    const rows = await connection.rows(sql, parameters);
    return { rows: rows.map((row) => rowOf(row, asked)), source };
  }

  async search(asked: Search): Promise<RecordPage> {
    return search(asked, await this.#ready());
  }

  async find(id: string, scope?: Scope): Promise<StoredRecord | undefined> {
    return find(id, scope, await this.#ready());
  }

  async bodies(of: BodiesOf): Promise<readonly StoredBody[]> {
    return bodiesOf(of, await this.#ready());
  }

  async export(order: ExportOrder): Promise<{ readonly records: number; readonly bytes: number }> {
    return exportRecords(order, await this.#ready());
  }

  async facts(): Promise<StoreFacts> {
    const connection = await this.#ready();
    const [row] = await connection.rows(
      'SELECT count(*) AS "n", min("time") AS "oldest", max("time") AS "newest" FROM records',
    );
    const records = numberOf(row, 'n');
    const [oldestMs, newestMs] =
      records === 0 ? [undefined, undefined] : [numberOf(row, 'oldest'), numberOf(row, 'newest')];
    return { kind: 'clickhouse', records, bytes: await usedBytes(connection), oldestMs, newestMs };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** What has failed is tried again by whoever comes next. */
  async #ready(): Promise<Connection> {
    this.#prepared ??= prepare(this.#connection).catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    await this.#prepared;
    return this.#connection;
  }
}

const ALL_ROLLED_UP = { minutes: Infinity, hours: Infinity, days: Infinity };

async function prepare(connection: Connection): Promise<void> {
  const [version] = await connection.rows('SELECT version() AS "version"');
  const text = textOf(version, 'version');
  if (Number.parseInt(text, 10) < OLDEST_VERSION)
    throw new Error(`ClickHouse ${text} is too old to keep each record once; from ${OLDEST_VERSION} on it can`);
  for (const sql of TABLES) await connection.run(sql);
  const columns = await connection.rows(
    `SELECT "name" FROM system.columns WHERE "database" = currentDatabase() AND "table" = 'records'`,
  );
  const known = new Set(columns.map((row) => textOf(row, 'name')));
  for (const sql of widenRecords(known)) await connection.run(sql);
}
