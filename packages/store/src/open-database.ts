import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';

/** A file of SQLite, or `postgres://…`; brought to what this version expects. */
export async function openDatabase(place: string): Promise<Database> {
  const database = await connected(place);
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function connected(place: string): Promise<Database> {
  if (!/^postgres(?:ql)?:/.test(place)) return new SqliteDatabase(place);
  // Who has one file has no use for the other's driver.
  const { PostgresDatabase } = await import('./postgres/postgres-database.ts');
  return new PostgresDatabase(place);
}
