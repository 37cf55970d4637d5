import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Row } from '../sql/rows.ts';
import type { Parameters } from './parameters.ts';

export { numberOf, textOf, type Row } from '../sql/rows.ts';

/** One thread of statements. Numbers of 64 bits come as numbers: what we keep is below 2^53. */
export class Connection {
  readonly #duck: DuckDBConnection;

  private constructor(duck: DuckDBConnection) {
    this.#duck = duck;
  }

  static async open(instance: DuckDBInstance): Promise<Connection> {
    return new Connection(await instance.connect());
  }

  async run(sql: string, parameters?: Parameters): Promise<void> {
    await this.#duck.run(sql, parameters?.values);
  }

  async rows(sql: string, parameters?: Parameters): Promise<readonly Row[]> {
    const result = await this.#duck.runAndReadAll(sql, parameters?.values);
    return result.getRowObjectsJS().map(plain);
  }

  /** Numbers as wide as they are. */
  async exactRows(sql: string, parameters?: Parameters): Promise<readonly Row[]> {
    return (await this.#duck.runAndReadAll(sql, parameters?.values)).getRowObjectsJS();
  }

  /** Piece by piece, as they are read. What no number holds exactly stays a bigint. */
  async *pieces(sql: string, parameters?: Parameters): AsyncGenerator<readonly Row[]> {
    const result = await this.#duck.stream(sql, parameters?.values);
    for await (const rows of result.yieldRowObjectJs()) yield rows.map(exact);
  }

  /** All of it, or nothing. */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#duck.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.#duck.run('COMMIT');
      return result;
    } catch (error) {
      await this.#duck.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Breaks off what runs. */
  interrupt(): void {
    this.#duck.interrupt();
  }

  close(): void {
    this.#duck.closeSync();
  }
}

function plain(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]);
  return Object.fromEntries(entries);
}

function exact(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]) => {
    const number = Number(value);
    return [name, typeof value === 'bigint' && Number.isSafeInteger(number) ? number : value];
  });
  return Object.fromEntries(entries);
}
