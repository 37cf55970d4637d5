/** Names as a gatehouse.yaml takes them, each once a kind. */
export class Names {
  readonly #taken = new Set<string>();

  fresh(kind: string, wanted: string): string {
    const base =
      wanted
        .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 56) || kind;
    let name = base;
    for (let count = 2; this.#taken.has(`${kind} ${name}`); count++) name = `${base}-${count}`;
    this.#taken.add(`${kind} ${name}`);
    return name;
  }
}
