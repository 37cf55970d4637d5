import type { SqlDialect } from './dialect.ts';

/** What stands in a statement by its number: values never become part of its text. */
export class Parameters {
  readonly values: string[] = [];
  readonly #name: SqlDialect['parameter'];
  readonly #known = new Map<string, string>();

  constructor(name: SqlDialect['parameter']) {
    this.#name = name;
  }

  add(value: string): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.values.push(value);
    const name = this.#name(this.values.length);
    this.#known.set(value, name);
    return name;
  }
}
