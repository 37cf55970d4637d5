import type { Period } from '../query/query.ts';
import { LEVEL_MS } from '../rollup/cubes.ts';

const DAY_MS = LEVEL_MS.days;
const NAME = /^records_(\d{8})$/;

/** `records_20261127`: the records of a day, by UTC; forgetting a day is dropping its table. */
export function dayTable(ms: number): string {
  return `records_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** When its day begins; undefined for another table. */
export function dayOf(table: string): number | undefined {
  const [, digits = ''] = NAME.exec(table) ?? [];
  const ms = Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Which days there are. */
export class DayTables {
  readonly #days = new Set<number>();

  constructor(tables: readonly string[]) {
    for (const table of tables) {
      const day = dayOf(table);
      if (day !== undefined) this.#days.add(day);
    }
  }

  get all(): readonly number[] {
    return [...this.#days].toSorted((a, b) => a - b);
  }

  has(day: number): boolean {
    return this.#days.has(day);
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
