import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { NotUnique, type Database, type Row, type SqlValue, type Statements } from '../database.ts';

const CONNECTIONS_MAX = 10;
const UNIQUE_VIOLATION = '23505';
const INT8 = 20;
/** What the server calls our connections begins so. */
const OUR_PROGRAMS = 'gatehouse ';

/** A database of PostgreSQL; several gates may share it. */
export class PostgresDatabase implements Database {
  readonly dialect = 'postgres';
  readonly #sql: ReturnType<typeof connect>;

  /** `postgres://user:password@host:port/name` */
  constructor(url: string) {
    this.#sql = connect(url);
  }

  async script(text: string): Promise<void> {
    await this.#sql.unsafe(text).simple();
  }

  async write<T>(lock: string, work: (statements: Statements) => Promise<T>): Promise<T> {
    const box: { result?: T } = {};
    await this.#sql.begin(async (sql) => {
      // Held to the end of the transaction.
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
      box.result = await work(statementsOf(sql));
    });
    return given(box);
  }

  async read<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    const box: { result?: T } = {};
    await this.#sql.begin('isolation level repeatable read read only', async (sql) => {
      box.result = await work(statementsOf(sql));
    });
    return given(box);
  }

  async others(): Promise<number> {
    const [row] = await this.#sql`
      SELECT COUNT(DISTINCT application_name) AS others FROM pg_stat_activity
      WHERE datname = current_database() AND starts_with(application_name, ${OUR_PROGRAMS})
        AND application_name <> current_setting('application_name')`;
    return Number(row?.['others'] ?? 0);
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }
}

function connect(url: string) {
  return postgres(url, {
    max: CONNECTIONS_MAX,
    onnotice: () => {},
    // Of this one alone, so that others of ours can be counted.
    connection: { application_name: `${OUR_PROGRAMS}${randomBytes(6).toString('hex')}` },
    // Whole numbers of ours are moments and counts, which fit.
    types: {
      whole: { to: INT8, from: [INT8], serialize: String, parse: Number },
    },
  });
}

function given<T>(box: { result?: T }): T {
  if (!('result' in box)) throw new Error('the transaction ended without a result');
  return box.result;
}

interface Unsafe {
  unsafe(text: string, values: SqlValue[]): Promise<readonly unknown[] & { readonly count: number }>;
}

function statementsOf(sql: Unsafe): Statements {
  const ask = async (text: string, values: readonly SqlValue[] = []) => {
    try {
      return await sql.unsafe(numbered(text), [...values]);
    } catch (error) {
      throw error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION
        ? new NotUnique(error.message, { cause: error })
        : error;
    }
  };
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our tables hold texts, whole numbers and nothing
    all: async (text, values) => (await ask(text, values)) as unknown as readonly Row[],
    run: async (text, values) => (await ask(text, values)).count,
  };
}

/** `?` → `$1`. Our statements hold no `?` in texts. */
function numbered(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => `$${++count}`);
}
