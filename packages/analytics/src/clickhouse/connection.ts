import type { Parameters } from '../sql/parameters.ts';
import type { Row } from '../sql/rows.ts';

/** What a store says to ClickHouse: statements that may each fail before, while or after they were carried out. */
export interface Connection {
  run(sql: string): Promise<void>;
  rows(sql: string, parameters?: Parameters): Promise<readonly Row[]>;
  insert(what: Insert): Promise<void>;
  /** Writes what is asked, in the format that the statement names, to a file. */
  download(sql: string, to: Download): Promise<void>;
  close(): Promise<void>;
}

export interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  /** JSON, each with its newline. */
  readonly lines: string;
  /** What has been inserted by that name is not inserted again, neither here nor in the roll-ups. */
  readonly token: string;
}

export interface Download {
  readonly parameters: Parameters;
  readonly file: string;
}

/** The server has heard us, and refuses. */
export class Refused extends Error {
  /** Of ClickHouse's own table of errors. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}
