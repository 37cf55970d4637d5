import { openDatabase, transaction } from './database.ts';
import { bytes } from './fields.ts';
import { IdempotencyRecords } from './idempotency-records.ts';
import { migrate, readMigrations } from './migrations.ts';
import type { Random } from './user-id.ts';
import { UserStore } from './user-store.ts';

export interface Store {
  readonly users: UserStore;
  readonly idempotency: IdempotencyRecords;
  readonly cursorSecret: Uint8Array;
  /** Runs `work` as one write: all of it is kept, or none. */
  transaction<T>(work: () => T): T;
  /** Throws when the database does not answer. */
  readonly ping: () => void;
  close(): void;
}

export interface StoreOptions {
  /** A path, or `:memory:`. */
  readonly file: string;
  readonly now: () => number;
  readonly random: Random;
}

const SECRET_BYTES = 32;

export function openStore(options: StoreOptions): Store {
  const { now, random } = options;
  const database = openDatabase(options.file);
  migrate(database, readMigrations(new URL('../migrations/', import.meta.url)), now());
  const ping = database.prepare('SELECT count(*) AS count FROM schema_migrations');
  const signingKeys = {
    add: database.prepare('INSERT OR IGNORE INTO signing_keys VALUES (?, ?)'),
    find: database.prepare('SELECT secret FROM signing_keys WHERE purpose = ?'),
  };
  return {
    users: new UserStore(database, { now, random }),
    idempotency: new IdempotencyRecords(database, now),
    cursorSecret: transaction(database, () => {
      signingKeys.add.run('cursor', random(SECRET_BYTES));
      return bytes(signingKeys.find.get('cursor') ?? {}, 'secret');
    }),
    transaction: (work) => transaction(database, work),
    ping: () => void ping.get(),
    close: () => database.close(),
  };
}
