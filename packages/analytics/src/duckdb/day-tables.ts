import type { Period } from '../query/query.ts';
import { LEVEL_MS } from '../rollup/cubes.ts';

const DAY_MS = LEVEL_MS.days;
/** What has a table for each day: records, and what was kept of bodies. */
export type Dated = 'records' | 'bodies';

/** `records_20261127`: those of a day, by UTC; forgetting a day is dropping its table. */
export function dayTable(ms: number, dated: Dated = 'records'): string {
  return `${dated}_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** When its day begins; undefined for another table. */
function dayOf(table: string, dated: Dated): number | undefined {
  const [, name = '', digits = ''] = /^([a-z]+)_(\d{8})$/.exec(table) ?? [];
  const ms = Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`);
  return name !== dated || Number.isNaN(ms) ? undefined : ms;
}

/** Which days there are. */
export class DayTables {
  readonly dated: Dated;
  readonly #days = new Set<number>();

  constructor(dated: Dated, tables: readonly string[]) {
    this.dated = dated;
    for (const table of tables) {
      const day = dayOf(table, dated);
      if (day !== undefined) this.#days.add(day);
    }
  }

  get all(): readonly number[] {
    return [...this.#days].toSorted((a, b) => a - b);
  }

  add(day: number): void {
    this.#days.add(day);
  }

  delete(day: number): void {
    this.#days.delete(day);
  }

  /** Those that hold something of a period, the oldest first. */
  within({ fromMs, toMs }: Period): readonly number[] {
    return this.all.filter((day) => day < toMs && day + DAY_MS > fromMs);
  }
}
