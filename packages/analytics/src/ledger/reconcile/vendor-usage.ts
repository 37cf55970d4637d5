import { decimalOf } from '../decimal.ts';
import { CENTS_BESIDE, VENDOR_COLUMNS, type ColumnMeaning } from './vendor-columns.ts';
import { VendorExportError, vendorTable, type VendorRow, type VendorTable } from './vendor-table.ts';

/** What a vendor says of calls to one model on one day. Undefined is what its export does not say. */
export interface VendorUsage {
  /** Begin of the day, UTC. */
  readonly dayMs: number;
  /** '' where the export tells no models apart. */
  readonly model: string;
  readonly inputTokens: bigint | undefined;
  readonly cachedTokens: bigint | undefined;
  readonly outputTokens: bigint | undefined;
  readonly requests: bigint | undefined;
  /** A millionth of a micro-USD: vendors round less than we do. */
  readonly costPicoUsd: bigint | undefined;
}

export interface VendorExport {
  readonly usage: readonly VendorUsage[];
  /** Days that it is about, also those with nothing. */
  readonly daysMs: readonly number[];
}

const DAY_MS = 86_400_000;
const PICO_DECIMALS = 12;
const ROWS_MAX = 200_000;
const COLUMNS_SHOWN = 40;
const MEASURES: readonly ColumnMeaning[] = ['input', 'uncached', 'output', 'requests', 'usd', 'amount', 'cents'];

/** Throws a `VendorExportError` for what is not understood. */
export function readVendorUsage(text: string): VendorExport {
  const table = vendorTable(text);
  if (table.rows.length > ROWS_MAX)
    throw new VendorExportError(`the export has more than ${ROWS_MAX} rows; take a shorter period`);
  const columns = meaningsOf(table);
  const usage = table.rows.map((row, at) => usageOf(new RowReader(row, columns, at + 1)));
  const empty = table.empty.flatMap((time) => timeOf(time) ?? []).map(dayOf);
  const daysMs = [...new Set([...usage.map(({ dayMs }) => dayMs), ...empty])].toSorted((a, b) => a - b);
  return { usage, daysMs };
}

type Columns = ReadonlyMap<ColumnMeaning, readonly string[]>;

function meaningsOf({ columns, rows }: VendorTable): Columns {
  const isInCents = columns.some((name) => CENTS_BESIDE.includes(name));
  const known = columns.flatMap((name): [ColumnMeaning, string][] => {
    const meaning = Object.hasOwn(VENDOR_COLUMNS, name) ? VENDOR_COLUMNS[name] : undefined;
    if (meaning === undefined) return [];
    return [[meaning === 'amount' ? (isInCents ? 'cents' : 'usd') : meaning, name]];
  });
  const by = new Map(
    [...Map.groupBy(known, ([meaning]) => meaning)].map(([meaning, list]) => [meaning, list.map(([, name]) => name)]),
  );
  if (rows.length === 0 || (by.has('time') && MEASURES.some((measure) => by.has(measure)))) return by;
  const missing = by.has('time')
    ? 'none that counts tokens, requests or costs'
    : 'none that says when, such as date or start_time';
  const seen = columns.slice(0, COLUMNS_SHOWN).join(', ');
  throw new VendorExportError(`the columns of this export are not known: ${missing}. It has: ${seen || 'none'}`);
}

class RowReader {
  readonly #row: VendorRow;
  readonly #columns: Columns;
  readonly #number: number;

  constructor(row: VendorRow, columns: Columns, number: number) {
    this.#row = row;
    this.#columns = columns;
    this.#number = number;
  }

  /** The first that says something. */
  text(meaning: ColumnMeaning): { readonly name: string; readonly value: string } | undefined {
    const name = this.#columns.get(meaning)?.find((each) => (this.#row[each] ?? '') !== '');
    return name === undefined ? undefined : { name, value: this.#row[name] ?? '' };
  }

  /** Where two columns mean the same, they say the same. */
  number(meaning: ColumnMeaning, decimals: number): bigint | undefined {
    const known = this.text(meaning);
    return known === undefined ? undefined : this.#amount(known.name, decimals);
  }

  /** All that mean this, added up. */
  sum(meaning: ColumnMeaning): bigint | undefined {
    const names = (this.#columns.get(meaning) ?? []).filter((name) => (this.#row[name] ?? '') !== '');
    return names.length === 0 ? undefined : names.reduce((sum, name) => sum + this.#amount(name, 0), 0n);
  }

  #amount(name: string, decimals: number): bigint {
    const text = this.#row[name] ?? '';
    const value = decimalOf(text.replaceAll(/[,\s$]/g, ''), decimals);
    if (value === undefined || (decimals === 0 && value < 0n)) throw this.wrong(name, 'is no number');
    return value;
  }

  wrong(name: string, what: string): VendorExportError {
    return new VendorExportError(
      `row ${this.#number}: ${name} ${what}: ${JSON.stringify((this.#row[name] ?? '').slice(0, 60))}`,
    );
  }
}

function usageOf(reader: RowReader): VendorUsage {
  const time = reader.text('time');
  const atMs = time && timeOf(time.value);
  if (time === undefined || atMs === undefined) throw reader.wrong(time?.name ?? 'time', 'says no day');
  const currency = reader.text('currency');
  if (currency !== undefined && currency.value.toLowerCase() !== 'usd')
    throw reader.wrong(currency.name, 'is another currency than USD, which is not compared');
  const counts = (meaning: ColumnMeaning): bigint | undefined => reader.number(meaning, 0);
  const beside = counts('cachedBeside');
  const write = counts('cacheWrite') ?? reader.sum('cacheWritePart');
  const input = counts('input') ?? counts('uncached');
  const [usd, cents] = [reader.number('usd', PICO_DECIMALS), reader.number('cents', PICO_DECIMALS - 2)];
  return {
    dayMs: dayOf(atMs),
    model: modelOf(reader),
    inputTokens: input === undefined ? undefined : input + (beside ?? 0n) + (write ?? 0n),
    cachedTokens: counts('cachedWithin') ?? beside,
    outputTokens: counts('output'),
    requests: counts('requests'),
    costPicoUsd: usd ?? cents,
  };
}

/** Line items of costs are called after a model and what of it is paid for: `gpt-5, input`. */
function modelOf(reader: RowReader): string {
  const named = reader.text('model')?.value;
  return (
    named ??
    reader
      .text('item')
      ?.value.split(/,| \| /, 1)[0]
      ?.trim() ??
    ''
  );
}

const SECONDS_MIN = 1_000_000_000;
const SECONDS_MAX = 100_000_000_000;

/** As RFC 3339 has it, a day, a day with an hour, or seconds or milliseconds since the epoch. */
function timeOf(text: string): number | undefined {
  if (/^\d{10,13}$/.test(text)) {
    const number = Number(text);
    if (number < SECONDS_MIN) return undefined;
    return number < SECONDS_MAX ? number * 1000 : number;
  }
  const [, day = '', time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/.exec(text) ?? [];
  if (day === '') return undefined;
  const at = Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : zone}`);
  // What is before the epoch is mistyped: nobody billed for models then.
  return at >= 0 ? at : undefined;
}

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
