/** What stands in a statement as `$1`, `$2`: values never become part of its text. */
export class Parameters {
  readonly values: string[] = [];
  readonly #known = new Map<string, string>();

  add(value: string): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    this.values.push(value);
    const name = `$${this.values.length}`;
    this.#known.set(value, name);
    return name;
  }
}
