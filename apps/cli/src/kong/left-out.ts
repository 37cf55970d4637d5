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

  add(where: string, what: string, security = false): void {
    if (!this.#list.some((each) => each.where === where && each.what === what))
      this.#list.push({ where, what, security });
  }

  get list(): readonly LeftOut[] {
    return this.#list;
  }
}
