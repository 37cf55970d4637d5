/** What a column may hold. Texts hold JSON where a column is a document; moments are ms since the epoch. */
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface Statements {
  /** SQL with `?` for values, as both databases understand it. */
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** How many rows it has changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
}

/** The facts of a house, in SQLite or PostgreSQL. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** Many statements at once, such as a migration. */
  script(sql: string): Promise<void>;
  /**
   * All or nothing, and nothing before it is on the disk. Those with the same `lock` come one after another, so that what
   * one has read is so until its end. What `work` throws undoes it.
   */
  write<T>(lock: string, work: (statements: Statements) => Promise<T>): Promise<T>;
  /** Statements that see one state of all rows, and change none. */
  read<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /** How many other programs of ours are connected, as far as the database knows. */
  others(): Promise<number>;
  close(): Promise<void>;
}

/** A row broke a rule of the tables: another has its name or its key. */
export class NotUnique extends Error {
  override readonly name = 'NotUnique';
}
