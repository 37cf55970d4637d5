import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ClickHouseError, createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import type { Parameters } from '../sql/parameters.ts';
import type { Row } from '../sql/rows.ts';
import type { ClickHousePlace } from './clickhouse-url.ts';
import { Refused, type Connection, type Download, type Insert } from './connection.ts';
import { parameterName } from './dialect.ts';

export interface HttpOptions {
  readonly place: ClickHousePlace;
  /** A statement that takes longer is given up; a question ends there, too. */
  readonly statementMsMax?: number;
}

const STATEMENT_MS = 60_000;
const QUESTION_S = 30;
const UNKNOWN_DATABASE = 81;
/** Also where the server's profile says otherwise. */
const ALWAYS: ClickHouseSettings = { output_format_json_quote_64bit_integers: 0, wait_end_of_query: 1 };
const ASKING: ClickHouseSettings = {
  max_execution_time: QUESTION_S,
  // Sums are called after the columns that they sum.
  prefer_column_name_to_alias: 1,
  // As in other databases: nothing of nothing, and nothing that joins.
  aggregate_functions_null_for_empty: 1,
  join_use_nulls: 1,
  cast_keep_nullable: 1,
  output_format_parquet_string_as_string: 1,
  output_format_parquet_compression_method: 'zstd',
  format_csv_null_representation: '',
};
const INSERTING: ClickHouseSettings = {
  // A batch is one block, the same one when it is sent again, and is answered when it is kept.
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  input_format_parallel_parsing: 0,
  max_insert_block_size: '10000000',
  max_partitions_per_insert_block: '0',
  prefer_column_name_to_alias: 1,
  input_format_skip_unknown_fields: 1,
};

/** Over HTTP, by ClickHouse's own client. */
export class HttpConnection implements Connection {
  readonly #place: ClickHousePlace;
  readonly #statementMsMax: number;
  readonly #client: ClickHouseClient;

  constructor({ place, statementMsMax = STATEMENT_MS }: HttpOptions) {
    this.#place = place;
    this.#statementMsMax = statementMsMax;
    this.#client = this.#to(place.database);
  }

  async run(sql: string): Promise<void> {
    await this.#saying(async () => this.#client.command({ query: sql }));
  }

  async rows(sql: string, parameters?: Parameters): Promise<readonly Row[]> {
    return this.#saying(async () => {
      const asked = { query: sql, query_params: named(parameters), clickhouse_settings: ASKING };
      const found = await this.#client.query({ ...asked, format: 'JSONEachRow' });
      return found.json<Row>();
    });
  }

  async insert({ table, columns, lines, token }: Insert): Promise<void> {
    await this.#saying(async () => {
      const { stream } = await this.#client.exec({
        query: `INSERT INTO ${table} (${columns.join(', ')}) FORMAT JSONEachRow`,
        values: Readable.from([Buffer.from(lines)], { objectMode: false }),
        clickhouse_settings: { ...INSERTING, insert_deduplication_token: token },
      });
      await text(stream);
    });
  }

  async download(sql: string, { parameters, file }: Download): Promise<void> {
    await this.#saying(async () => {
      const asked = { query: sql, query_params: named(parameters), clickhouse_settings: ASKING };
      const { stream } = await this.#client.exec(asked);
      await pipeline(stream, createWriteStream(file, { mode: 0o600 }));
    });
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The database is made when it is not there; whoever has made it beforehand need not let us. */
  async #saying<Result>(say: () => Promise<Result>): Promise<Result> {
    try {
      return await say();
    } catch (error) {
      if (codeOf(error) !== UNKNOWN_DATABASE) throw this.#told(error);
    }
    const first = this.#to('default');
    try {
      await first.command({ query: `CREATE DATABASE IF NOT EXISTS ${this.#place.database}` });
      return await say();
    } catch (error) {
      throw this.#told(error);
    } finally {
      await first.close();
    }
  }

  #to(database: string): ClickHouseClient {
    const { url, user, password } = this.#place;
    return createClient({
      url,
      username: user,
      password,
      database,
      application: 'gatehouse',
      request_timeout: this.#statementMsMax,
      max_open_connections: 4,
      clickhouse_settings: ALWAYS,
      // What goes wrong is told to whoever asked; the client's own lines would be a second log.
      log: { level: 127 },
    });
  }

  #told(error: unknown): Error {
    const code = codeOf(error);
    const reason = `ClickHouse at ${this.#place.url}: ${reasonOf(error)}`;
    return code === undefined ? new Error(reason) : new Refused(reason, code);
  }
}

function named(parameters: Parameters | undefined): Record<string, string> {
  const entries = (parameters?.values ?? []).map((value, index) => [parameterName(index + 1), value]);
  return Object.fromEntries(entries);
}

function codeOf(error: unknown): number | undefined {
  return error instanceof ClickHouseError ? Number(error.code) : undefined;
}

/** An address with several ways to it fails once for each, and says nothing as a whole. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
