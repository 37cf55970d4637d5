/** What an import could not carry over. */
export interface LeftOut {
  /** Where it stood: `service users, route list, plugin jwt`. */
  readonly where: string;
  readonly what: string;
  /** Without it somebody may get in who could not before, or cannot who could. */
  readonly security: boolean;
}

/** Gathers them on the way; each is told once. */
export class LeftOuts {
  readonly #list: LeftOut[] = [];
  readonly #told = new Set<string>();

  add(where: string, what: string, security = false): void {
    const key = `${where}\n${what}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#list.push({ where, what, security });
  }

  get list(): readonly LeftOut[] {
    return this.#list;
  }
}
