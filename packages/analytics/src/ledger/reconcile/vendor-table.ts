import { CsvError, readCsv } from '../csv.ts';
import { columnName } from './vendor-columns.ts';

/** Cells by the name of their column. What is not there is not known. */
export type VendorRow = Readonly<Record<string, string>>;

export interface VendorTable {
  readonly columns: readonly string[];
  readonly rows: readonly VendorRow[];
  /** Begins of periods of which the vendor has nothing to tell. */
  readonly empty: readonly string[];
}

/** Not an export that we understand; the message says why, for people. */
export class VendorExportError extends Error {}

const DEPTH_MAX = 6;

/** Of CSV or JSON, whichever it is. */
export function vendorTable(text: string): VendorTable {
  const begin = text.trimStart().replace(/^\uFEFF/, '');
  if (begin === '') throw new VendorExportError('the export is empty');
  return /^[[{]/.test(begin) ? ofJson(begin) : ofCsv(text);
}

function ofCsv(text: string): VendorTable {
  const [head, ...records] = csvRecords(text);
  if (head === undefined) throw new VendorExportError('the export has no line with names of columns');
  const columns = head.map(columnName);
  const rows = records.map((record, at) => {
    if (record.length > columns.length)
      throw new VendorExportError(`record ${at + 2} has ${record.length} fields, the head has ${columns.length}`);
    return Object.fromEntries(columns.map((name, index) => [name, record[index]?.trim() ?? '']));
  });
  return { columns, rows, empty: [] };
}

function csvRecords(text: string): ReturnType<typeof readCsv> {
  try {
    return readCsv(text);
  } catch (error) {
    if (error instanceof CsvError) throw new VendorExportError(`the export is no CSV: ${error.message}`);
    throw error;
  }
}

function ofJson(text: string): VendorTable {
  const rows: VendorRow[] = [];
  const empty: string[] = [];
  for (const value of valuesIn(text)) collect(value, { rows, empty, above: {} }, 0);
  return { columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows, empty };
}

/** One value, or one a line, as pages are saved. */
function valuesIn(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    try {
      return text.split('\n').flatMap((line): unknown[] => (line.trim() === '' ? [] : [JSON.parse(line)]));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new VendorExportError(`the export is no JSON: ${why}`);
    }
  }
}

interface Collecting {
  readonly rows: VendorRow[];
  readonly empty: string[];
  /** What holds for all below. */
  readonly above: VendorRow;
}

/** Pages have buckets in `data`, and buckets have rows in `results`; whatever else is an object is a row. */
function collect(value: unknown, into: Collecting, depth: number): void {
  if (depth > DEPTH_MAX) throw new VendorExportError('the export is deeper than any that is known');
  if (Array.isArray(value)) {
    for (const item of value) collect(item, into, depth + 1);
    return;
  }
  if (typeof value !== 'object' || value === null)
    throw new VendorExportError('the export holds something else than objects');
  const { data, results, ...own } = Object.fromEntries(Object.entries(value));
  if (Array.isArray(data)) return collect(data, into, depth + 1);
  const cells = { ...into.above, ...cellsOf(own, '') };
  if (!Array.isArray(results)) return void into.rows.push(cells);
  if (results.length === 0) into.empty.push(cells['starting_at'] ?? cells['start_time'] ?? '');
  collect(results, { ...into, above: cells }, depth + 1);
}

function cellsOf(value: object, prefix: string): VendorRow {
  const cells: [string, string][] = Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const key = columnName(prefix + name);
    if (typeof item === 'object' && item !== null && !Array.isArray(item))
      return Object.entries(cellsOf(item, `${key}_`));
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return [[key, String(item)]];
    return [];
  });
  return Object.fromEntries(cells);
}
