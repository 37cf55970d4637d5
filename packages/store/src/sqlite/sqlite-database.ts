import { chmodSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { NotUnique, type Database, type Row, type SqlValue, type Statements } from '../database.ts';

const STATEMENTS_MAX = 500;
/** Connections that wait for the next read. More are opened when more reads are under way at once. */
const IDLE_READERS_MAX = 4;
/** SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE. */
const NOT_UNIQUE: ReadonlySet<unknown> = new Set([1555, 2067]);

/**
 * One file. A connection writes, others read what was last written (WAL), so that lists do not wait for writes. Each read
 * has a connection to itself, because a transaction is what makes it see one state.
 * `synchronous = FULL`: what was acknowledged survives the loss of power.
 */
export class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #file: string;
  readonly #writer: Connection;
  readonly #idleReaders: Connection[] = [];
  #isClosed = false;
  /** The end of the last write that was asked for. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    this.#writer = new Connection(file);
    this.#writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    // What is deleted is overwritten: keys that are erased are gone, and not only out of sight.
    this.#writer.exec('PRAGMA secure_delete = ON');
    // Secrets in it are encrypted, but who may call what is nobody else's business either.
    if (file !== ':memory:') chmodSync(file, 0o600);
  }

  async script(sql: string): Promise<void> {
    this.#writer.exec(sql);
    return Promise.resolve();
  }

  async write<T>(_lock: string, work: (statements: Statements) => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => this.#writer.transaction('IMMEDIATE', work));
    this.#turn = done.catch(() => {});
    return done;
  }

  async read<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    // In memory there is one connection, on which a transaction may be under way.
    if (this.#file === ':memory:') return this.write('', work);
    const reader = this.#idleReaders.pop() ?? this.#newReader();
    try {
      return await reader.transaction('DEFERRED', work);
    } finally {
      if (this.#isClosed || this.#idleReaders.length >= IDLE_READERS_MAX) reader.close();
      else this.#idleReaders.push(reader);
    }
  }

  #newReader(): Connection {
    const reader = new Connection(this.#file);
    reader.exec('PRAGMA query_only = ON');
    return reader;
  }

  /** A file has no list of them: who has its folder locked knows that there are none. */
  async others(): Promise<number> {
    return Promise.resolve(0);
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#isClosed = true;
    for (const reader of this.#idleReaders.splice(0)) reader.close();
    this.#writer.close();
  }
}

class Connection implements Statements {
  readonly #database: DatabaseSync;
  readonly #known = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { timeout: 5000 });
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  async transaction<T>(kind: string, work: (statements: Statements) => Promise<T>): Promise<T> {
    this.exec(`BEGIN ${kind}`);
    try {
      const result = await work(this);
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  async all(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return Promise.resolve(
      this.#prepared(sql)
        .all(...values)
        .map(rowOf),
    );
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    try {
      return await Promise.resolve(Number(this.#prepared(sql).run(...values).changes));
    } catch (error) {
      throw error instanceof Error && 'errcode' in error && NOT_UNIQUE.has(error.errcode)
        ? new NotUnique(error.message, { cause: error })
        : error;
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    if (this.#known.size >= STATEMENTS_MAX) this.#known.clear();
    const statement = this.#database.prepare(sql);
    this.#known.set(sql, statement);
    return statement;
  }
}

function rowOf(row: Record<string, unknown>): Row {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our tables hold texts, whole numbers and nothing
  return row as Row;
}
