import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Database } from './database.ts';
import { ownMigrations } from './migrate.ts';

/** What can be said of a store without changing anything of it. */
export interface StoreFacts {
  readonly dialect: Database['dialect'];
  /** Migrations that it has and this version does not know; those that it does not have yet. */
  readonly newer: readonly string[];
  readonly pending: readonly string[];
  /** How far its clock is ahead of ours, give or take; undefined where it is on this machine. */
  readonly clock: { readonly aheadMs: number; readonly toleranceMs: number } | undefined;
  readonly tookMs: number;
}

const ANSWER_S = 5;

/** Opens it for reading, within five seconds. Rejects where that cannot be done. */
export async function inspectStore(place: string, nowMs: () => number): Promise<StoreFacts> {
  const begunMs = performance.now();
  const isPostgres = /^postgres(?:ql)?:/.test(place);
  const { names, clock } = isPostgres ? await lookIntoPostgres(place, nowMs) : lookIntoSqlite(place);
  const dialect = isPostgres ? 'postgres' : 'sqlite';
  const own = ownMigrations(dialect).map(({ name }) => name);
  return {
    dialect,
    newer: names.filter((name) => !own.includes(name)),
    pending: own.filter((name) => !names.includes(name)),
    clock,
    tookMs: performance.now() - begunMs,
  };
}

type Connection = ReturnType<typeof import('postgres')>;

interface Found extends Pick<StoreFacts, 'clock'> {
  readonly names: readonly string[];
}

function lookIntoSqlite(file: string): Found {
  const database = new DatabaseSync(asItIs(file), { readOnly: true });
  try {
    const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").all().length > 0;
    const rows = has ? database.prepare('SELECT name FROM migrations ORDER BY name').all() : [];
    return { names: rows.map(({ name }) => String(name)), clock: undefined };
  } finally {
    database.close();
  }
}

/**
 * Whoever reads a file that nobody has open would leave the files of its log beside it, which only writers remove: that one
 * is read as a file that does not change.
 */
function asItIs(file: string): string | URL {
  if (existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return url;
}

async function lookIntoPostgres(url: string, nowMs: () => number): Promise<Found> {
  const { default: postgres } = await import('postgres');
  const sql = postgres(url, { max: 1, connect_timeout: ANSWER_S, onnotice: () => {} });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ANSWER_S} s`)), ANSWER_S * 1000);
  try {
    return await Promise.race([late.promise, found(sql, nowMs)]);
  } finally {
    clearTimeout(timer);
    await sql.end({ timeout: 0 });
  }
}

async function found(sql: Connection, nowMs: () => number): Promise<Found> {
  const [there] = await sql`SELECT to_regclass('migrations') IS NOT NULL AS has`;
  const rows = there?.['has'] === true ? await sql`SELECT name FROM migrations ORDER BY name` : [];
  const askedMs = nowMs();
  const [said] = await sql`SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now`;
  const answeredMs = nowMs();
  const aheadMs = Number(said?.['now']) - (askedMs + answeredMs) / 2;
  const clock = { aheadMs, toleranceMs: (answeredMs - askedMs) / 2 };
  return { names: rows.map((row) => String(row['name'])), clock };
}
