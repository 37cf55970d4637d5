import type { Row, SqlValue } from '../database.ts';
import type { MigrationNote } from '../migrate.ts';

/*
 * A backup is lines of JSON: a header; for each table a line with its name and columns, and below it a line a row, as a
 * list of values; an end with the number of rows and the SHA-256 of all lines before it.
 */

export const FORMAT = 1;

export interface BackupHeader {
  readonly gatehouse: 'backup';
  readonly format: number;
  /** Version of the program that wrote it. */
  readonly program: string;
  /** ISO 8601 */
  readonly takenAt: string;
  /** Of the key by which secrets in it are sealed. */
  readonly keyFingerprint: string;
  /** What the tables look like. */
  readonly migrations: readonly MigrationNote[];
}

export interface BackupEnd {
  readonly end: true;
  readonly rows: number;
  /** Of all lines before this one, in hex. */
  readonly sha256: string;
}

/** It cannot be restored. The message is for people. */
export class BackupProblem extends Error {
  override readonly name = 'BackupProblem';
}

export function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

export function rowLine(columns: readonly string[], row: Row): string {
  return lineOf(columns.map((column) => row[column] ?? null));
}

type Data = Readonly<Record<string, unknown>>;

/** What the line of a backup is; undefined: of none. */
export function headerIn(value: unknown): BackupHeader | undefined {
  const { gatehouse, format, program, takenAt, keyFingerprint, migrations } = membersOf(value);
  if (gatehouse !== 'backup' || typeof format !== 'number') return undefined;
  if (typeof program !== 'string' || typeof takenAt !== 'string' || typeof keyFingerprint !== 'string')
    return undefined;
  if (!Array.isArray(migrations)) return undefined;
  const notes = migrations.map((note: unknown) => membersOf(note));
  const known = notes.flatMap(({ name, digest }) =>
    typeof name === 'string' && typeof digest === 'string' ? [{ name, digest }] : [],
  );
  if (known.length !== notes.length || known.length === 0) return undefined;
  return { gatehouse, format, program, takenAt, keyFingerprint, migrations: known };
}

export function tableIn(value: unknown): { readonly table: string; readonly columns: readonly string[] } | undefined {
  const { table, columns } = membersOf(value);
  if (typeof table !== 'string' || !Array.isArray(columns) || columns.length === 0) return undefined;
  const names = columns.filter(
    (column): column is string => typeof column === 'string' && /^[a-z][a-z_]*$/.test(column),
  );
  return names.length === columns.length ? { table, columns: names } : undefined;
}

export function rowIn(value: unknown, width: number): readonly SqlValue[] | undefined {
  if (!Array.isArray(value) || value.length !== width) return undefined;
  const values = value.filter(
    (item): item is SqlValue => item === null || typeof item === 'string' || Number.isSafeInteger(item),
  );
  return values.length === width ? values : undefined;
}

export function endIn(value: unknown): BackupEnd | undefined {
  const { end, rows, sha256 } = membersOf(value);
  return end === true && typeof rows === 'number' && typeof sha256 === 'string' ? { end, rows, sha256 } : undefined;
}

function membersOf(value: unknown): Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
