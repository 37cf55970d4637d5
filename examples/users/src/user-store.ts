import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Fields, integer, text } from './fields.ts';
import { type Random, nextUserId } from './user-id.ts';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Starts at 1 and grows by 1 with every replacement. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface UserDraft {
  readonly email: string;
  readonly name: string;
}

export interface UserPageQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly email?: string | undefined;
}

export interface UserStoreOptions {
  readonly now: () => number;
  readonly random: Random;
}

/** Users in SQLite. Writes belong inside a transaction of the caller. */
export class UserStore {
  readonly #now: () => number;
  readonly #random: Random;
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync, options: UserStoreOptions) {
    this.#now = options.now;
    this.#random = options.random;
    this.#statements = {
      greatestId: database.prepare(SQL.greatestId),
      insert: database.prepare(SQL.insert),
      find: database.prepare(SQL.find),
      page: database.prepare(SQL.page),
      pageByEmail: database.prepare(SQL.pageByEmail),
      replace: database.prepare(SQL.replace),
      remove: database.prepare(SQL.remove),
    };
  }

  /** Undefined when another user has the email. */
  insert(draft: UserDraft): User | undefined {
    const nowMs = this.#now();
    const last = this.#statements.greatestId.get()?.['id'];
    const id = nextUserId({ nowMs, random: this.#random, last: typeof last === 'string' ? last : undefined });
    const at = new Date(nowMs).toISOString();
    const row = this.#statements.insert.get({ id, email: draft.email, name: draft.name, at });
    return row === undefined ? undefined : readUser(row);
  }

  find(id: string): User | undefined {
    const row = this.#statements.find.get(id);
    return row === undefined ? undefined : readUser(row);
  }

  /** Users in ascending order of id, which is the order in which they were committed. */
  page(query: UserPageQuery): readonly User[] {
    const { limit, after = '', email } = query;
    const rows =
      email === undefined
        ? this.#statements.page.all({ after, limit })
        : this.#statements.pageByEmail.all({ after, limit, email });
    return rows.map(readUser);
  }

  /** Undefined when another user has the email, or when there is no such user. */
  replace(id: string, draft: UserDraft): User | undefined {
    const at = new Date(this.#now()).toISOString();
    const row = this.#statements.replace.get({ id, email: draft.email, name: draft.name, at });
    return row === undefined ? undefined : readUser(row);
  }

  /** False when there is no such user. */
  remove(id: string): boolean {
    return this.#statements.remove.run(id).changes === 1;
  }
}

const SQL = {
  greatestId: 'SELECT max(id) AS id FROM users',
  insert: `INSERT INTO users VALUES (:id, :email, :name, 1, :at, :at) ON CONFLICT (email) DO NOTHING RETURNING *`,
  find: 'SELECT * FROM users WHERE id = ?',
  page: 'SELECT * FROM users WHERE id > :after ORDER BY id LIMIT :limit',
  pageByEmail: 'SELECT * FROM users WHERE email = :email AND id > :after ORDER BY id LIMIT :limit',
  replace: `UPDATE OR IGNORE users SET email = :email, name = :name, revision = revision + 1, updated_at = :at
            WHERE id = :id RETURNING *`,
  remove: 'DELETE FROM users WHERE id = ?',
};

function readUser(row: Fields): User {
  return {
    id: text(row, 'id'),
    email: text(row, 'email'),
    name: text(row, 'name'),
    revision: integer(row, 'revision'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}
